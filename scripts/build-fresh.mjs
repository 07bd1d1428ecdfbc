// Builds those of the given projects whose output is older than the sources: `node scripts/build-fresh.mjs coordinator bank`.
// Commands started side by side wait for one another here, as a build deletes the output that another one may be running.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
const STAMPS = join(DIST, '.built');
const LOCK = join(STAMPS, 'lock');
const FOLDERS = ['apps', 'libs', 'test'];
const FILES = ['nest-cli.json', 'package-lock.json', 'tsconfig.json'];
const LOOK_AGAIN_MS = 200;

mkdirSync(STAMPS, { recursive: true });
await takeLock();
let code = 0;
try {
  const state = sourceState();
  for (const project of process.argv.slice(2)) {
    code = isFresh(project, state) ? 0 : build(project, state);
    if (code !== 0) break;
  }
} finally {
  rmSync(LOCK, { force: true });
}
process.exit(code);

function isFresh(project, state) {
  const stamp = join(STAMPS, project);
  const output = join(DIST, project === 'tools' ? 'tools' : `apps/${project}`);
  return existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
}

function build(project, state) {
  const nest = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build', project], { cwd: ROOT, stdio: 'inherit' });
  if (status === 0) writeFileSync(join(STAMPS, project), state);
  return status ?? 1;
}

/** Changes with every file that is added, changed or removed; what only tests read does not count. */
function sourceState() {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .map((path) => join(folder, path))
      .filter((path) => /\.(ts|json)$/.test(path) && !/\.spec(-helper)?\.ts$|node_modules|dist/.test(path)),
  );
  const times = [...found, ...FILES].map((path) => statSync(join(ROOT, path)).mtimeMs);
  return `${times.length} files, the latest of ${new Date(Math.max(...times)).toISOString()}`;
}

/** The holder's process id stands in the file: one that is gone without removing it holds nothing. */
async function takeLock() {
  for (;;) {
    try {
      return writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) rmSync(LOCK, { force: true });
    else await pause(LOOK_AGAIN_MS);
  }
}

function isHeld() {
  try {
    // Signal 0 only asks whether the process exists. An empty file is one that is being written right now.
    const pid = Number(readFileSync(LOCK, 'utf8'));
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}
