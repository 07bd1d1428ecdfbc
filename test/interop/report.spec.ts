import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';
import { parseOptions } from './options';
import { withTable } from './report';
import { SDKS } from './sdks';

describe('the table of docs/interop.md', () => {
  const document = readFileSync(join(PROJECT_ROOT, 'docs/interop.md'), 'utf8');

  test('says what a complete run proves: otherwise `npm run test:interop -- --write-docs`', () => {
    expect(document).toBe(withTable(document));
  });

  test('needs its place in the document', () => {
    expect(() => withTable('# nothing')).toThrow('no "<!-- written by');
  });
});

test.each([
  ['go/go.mod', 'go'],
  ['python/requirements.txt', 'python'],
  ['java/pom.xml', 'java'],
])('%s pins the version that the table names', (file, name) => {
  const { packageName, version } = SDKS.find((sdk) => sdk.name === name)!;
  const pins = readFileSync(join(PROJECT_ROOT, 'test/interop', file), 'utf8');
  const artifact = packageName.split(':').at(-1)!;
  expect(pins.slice(pins.indexOf(artifact)).slice(0, artifact.length + 60)).toContain(version);
});

describe('the command line', () => {
  test('runs everything by itself', () => {
    const { sdks, writeDocs } = parseOptions([]);
    expect(sdks.map(({ name }) => name)).toEqual(['go', 'python', 'java']);
    expect(writeDocs).toBe(false);
  });

  test('chooses languages', () => {
    expect(parseOptions(['--only=java', '--only=go']).sdks.map(({ name }) => name)).toEqual(['java', 'go']);
  });

  test.each([[['--only=cobol']], [['--fast']]])('refuses %j', (args) => {
    expect(() => parseOptions(args)).toThrow(/cobol|fast/);
  });
});
