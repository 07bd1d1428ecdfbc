import { parseTableName } from './table-name';

describe('parseTableName', () => {
  it('takes a table, with or without a schema', () => {
    expect(parseTableName('dtx_barrier')).toEqual({ table: 'dtx_barrier' });
    expect(parseTableName('dtm_barrier.barrier')).toEqual({ schema: 'dtm_barrier', table: 'barrier' });
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a.b.c',
    'a b',
    'a;drop table x',
    'a"b',
    'a`b',
    'a-b',
    '1a',
    'ä',
    'a\n',
    'x'.repeat(49),
  ])('refuses %j, as it would be put into SQL', (name) => {
    expect(() => parseTableName(name)).toThrow(
      expect.objectContaining({ name: 'BarrierTableError', code: 'DTX_BARRIER_TABLE', table: name }),
    );
  });
});
