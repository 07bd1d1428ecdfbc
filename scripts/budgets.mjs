// Sizes of files and functions against their budgets: `npm run check:budgets`.
// Exits with 1 when a hard limit is broken; everything over a soft one is listed as well.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = ['apps', 'libs', 'scripts', 'test'];
const LIMITS = {
  'file lines': { soft: 250, hard: 400 },
  'function lines': { soft: 40, hard: 60 },
  parameters: { soft: 4, hard: 4 },
};
/** Suites are long lists of cases by nature: only the length of the file counts. */
const IS_SPEC = /\.spec\.ts$/;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.(ts|mts|mjs|cjs)$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path)),
);

const findings = [];
let functions = 0;
let anys = 0;

for (const path of files) measure(path);
report();

function measure(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  check('file lines', text.trimEnd().split('\n').length, path);
  visit(source, source, path);
}

function visit(node, source, path) {
  if (node.kind === ts.SyntaxKind.AnyKeyword) anys += 1;
  if (ts.isFunctionLike(node) && node.body) {
    functions += 1;
    if (!IS_SPEC.test(path) && !declaresTests(node)) measureFunction(node, source, path);
  }
  ts.forEachChild(node, (child) => visit(child, source, path));
}

function measureFunction(node, source, path) {
  const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
  const last = source.getLineAndCharacterOfPosition(node.end).line;
  const where = `${path}:${first + 1} ${nameOf(node)}`;
  check('function lines', last - first + 1, where);
  check('parameters', node.parameters.length, where);
}

/** A suite that several specs share stands in a function. */
function declaresTests(node) {
  const isDeclaration = ts.isCallExpression(node) && /^(describe|it)\b/.test(node.expression.getText());
  return isDeclaration || (ts.forEachChild(node, declaresTests) ?? false);
}

/** A function without a name of its own goes by the variable or property that holds it. */
function nameOf(node) {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return (node.name ?? node.parent.name)?.getText() ?? '(anonymous)';
}

function check(what, value, where) {
  const { soft, hard } = LIMITS[what];
  if (value > soft) findings.push({ what, value, where, limit: value > hard ? hard : soft, broken: value > hard });
}

function report() {
  findings.sort((a, b) => Number(b.broken) - Number(a.broken) || b.value / b.limit - a.value / a.limit);
  for (const { broken, what, value, limit, where } of findings) {
    const level = broken ? 'error' : 'warn ';
    console.log(`${level}  ${what.padEnd(14)}  ${String(value).padStart(4)} > ${String(limit).padEnd(3)}  ${where}`);
  }
  const errors = findings.filter(({ broken }) => broken).length;
  console.log(
    `${files.length} files, ${functions} functions, ${anys} × any; ${errors} errors, ${findings.length - errors} warnings`,
  );
  if (errors > 0) process.exitCode = 1;
}
