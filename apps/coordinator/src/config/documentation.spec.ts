import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoordinatorConfig } from './coordinator.config';

const PAGE = join(__dirname, '../../../../docs/operations.md');

/** Defaults that the table tells in words. */
const IN_WORDS: Readonly<Record<string, string>> = {
  STORE_PORT: 'by driver',
  STORE_USER: '',
  STORE_PASSWORD: '',
  STORE_POOL_SIZE: 'by driver',
  STORE_AUTO_MIGRATE: 'by driver',
  OUTCOME_SUBSTRING: 'on',
  GRPC_ENABLED: 'on',
};

/** Rows of the configuration table: key and default. */
function documented(): Record<string, string> {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| `([A-Z][A-Z_]+)`\s*\| `?([^`|]*?)`?\s*\|/gm);
  return Object.fromEntries([...rows].map(([, key, value]) => [key, value]));
}

describe('docs/operations.md', () => {
  it('lists every configuration key with its default, and no other', () => {
    const defaults = Object.entries(new CoordinatorConfig()).map(([key, value]) => [
      key,
      IN_WORDS[key] ?? String(value),
    ]);
    expect(documented()).toEqual(Object.fromEntries(defaults));
  });
});
