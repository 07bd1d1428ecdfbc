import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT_ROOT } from '../support/project-root';

/** One block of TypeScript in a document. */
export interface CodeBlock {
  /** Line of its first line in the document, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** @param document path within the project. @returns its blocks that are marked as TypeScript */
export function codeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(join(PROJECT_ROOT, document), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    line: text.slice(0, index).split('\n').length + 1,
    code,
  }));
}

/**
 * Type-checks blocks as modules of this project, each by itself.
 *
 * @param surroundings declarations of what the blocks take for granted, as the text of a `.d.ts`
 * @returns errors as `document:line message`
 */
export function errorsIn(document: string, surroundings: string): string[] {
  const folder = join(PROJECT_ROOT, document, '..');
  const blocks = new Map(
    // Several blocks may begin in one way, but none at one line.
    codeBlocks(document).map((block) => [join(folder, `readme-${block.line}.ts`), block]),
  );
  const global = join(folder, 'readme.d.ts');
  const texts = new Map([...blocks].map(([path, { code }]) => [path, `${code}\nexport {};\n`])).set(
    global,
    surroundings,
  );
  const program = ts.createProgram([...texts.keys()], options(), hostWith(texts));
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + (blocks.get(path)?.line ?? 1);
      return `${document}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}

function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(PROJECT_ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const parsed = ts.parseJsonConfigFileContent({ ...(config as object), files: [] }, ts.sys, PROJECT_ROOT);
  return {
    ...parsed.options,
    // Examples may await at their top level, and show values without using them.
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noEmit: true,
  };
}

function hostWith(texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options());
  return {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile: (path, language, ...more) => {
      const text = texts.get(path);
      return text === undefined
        ? host.getSourceFile(path, language, ...more)
        : ts.createSourceFile(path, text, language);
    },
  };
}
