import { barrierTableDdl } from '../barrier-table';
import type { BarrierDialect } from './dialect';
import { DIALECTS } from './dialects';

const NAMES: BarrierDialect[] = ['sqlite', 'mysql', 'postgres'];

describe.each(NAMES)('the statements of %s', (dialect) => {
  const sql = DIALECTS[dialect];
  const placeholders = (statement: string) => statement.match(dialect === 'postgres' ? /\$\d/g : /\?/g) ?? [];

  it('take as many parameters as the barrier gives', () => {
    expect(placeholders(sql.insertIgnore({ table: 'b' }))).toHaveLength(6);
    expect(placeholders(sql.selectReason({ table: 'b' }))).toHaveLength(4);
  });

  it('quote both parts of the name everywhere', () => {
    const quote = dialect === 'mysql' ? '`' : '"';
    const name = { schema: 'Order', table: 'Barrier' };
    const full = `${quote}Order${quote}.${quote}Barrier${quote}`;
    expect(sql.insertIgnore(name)).toContain(full);
    expect(sql.selectReason(name)).toContain(full);
    expect(sql.createTable(name)[0]).toContain(full);
  });

  it('create the columns of dtm, unique by request, and an index for the clean-up', () => {
    const ddl = barrierTableDdl(dialect).join(';\n');
    const columns = [
      'id',
      'trans_type',
      'gid',
      'branch_id',
      'op',
      'barrier_id',
      'reason',
      'create_time',
      'update_time',
    ];
    for (const column of columns) expect(ddl).toMatch(new RegExp(`^ {2}${column} `, 'm'));
    expect(ddl).toMatch(/unique (key uniq_barrier )?\(gid, branch_id, op, barrier_id\)/);
    expect(ddl).toContain('(create_time)');
    expect(ddl).toContain('dtx_barrier');
  });

  it('create tables of any permitted name only', () => {
    expect(() => barrierTableDdl(dialect, 'b; drop table accounts')).toThrow('is no valid name');
  });
});
