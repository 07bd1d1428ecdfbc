import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';

const READS_ENVIRONMENT =
  /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"`]env|\benv\b[^;]*from\s+['"](node:)?process['"]/;

const sources = ['libs', 'apps'].flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter(
      (path) => path.endsWith('.ts') && !/\.spec(-helper)?\.ts$/.test(path) && !/\/(node_modules|dist)\//.test(path),
    ),
);

describe('the environment', () => {
  it('is read in config folders only: everything else gets typed, checked values', () => {
    const readers = sources.filter((path) => READS_ENVIRONMENT.test(readFileSync(join(PROJECT_ROOT, path), 'utf8')));
    expect(readers.filter((path) => !path.includes('/config/'))).toEqual([]);
    expect(readers).not.toEqual([]);
  });

  it.each(['process.env.X', "process['env'].X", 'process?.env', "import { env } from 'node:process';"])(
    'is recognised in %s',
    (code) => expect(code).toMatch(READS_ENVIRONMENT),
  );
});
