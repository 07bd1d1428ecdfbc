import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from './version';

const LIB = join(__dirname, '..');

function versionOf(file: string): unknown {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }).version;
}

test.each([
  ['the package', join(LIB, 'package.json')],
  ['the workspace', join(LIB, '../../package.json')],
])('the version that is reported is the version of %s', (_name, file) => {
  expect(versionOf(file)).toBe(VERSION);
});
