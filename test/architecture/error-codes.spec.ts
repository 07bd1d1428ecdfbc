import { ERROR_CODES } from '@nestjs-dtx/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/project-root';

/** Rows of the table: code, when it occurs, what to do. */
const rows = readFileSync(join(PROJECT_ROOT, 'docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `DTX_'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

describe('docs/errors.md', () => {
  it('explains every error code, and no other, once', () => {
    const documented = rows.map(([, code = '']) => code.replaceAll('`', ''));
    expect(documented.toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.values(ERROR_CODES).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it.each(rows)('%s| %s says when it occurs and what to do', (_, code, when = '', action = '') => {
    expect(code).toMatch(/^`DTX_[A-Z_]+`$/);
    expect(when.length).toBeGreaterThan(20);
    expect(action.length).toBeGreaterThan(20);
  });
});
