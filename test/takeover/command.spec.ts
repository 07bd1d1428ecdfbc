import { StoreSchema } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { ServerName } from '../support/servers';
import { DURABLE_ENGINES, SHARED_ENGINES, storeEnvironment } from '../support/store-engine';
import { DtmDatabase } from './fixture/dtm-database';
import { launch, migrate, schemaStatus } from './fixture/migrate';

const cleanup = new Cleanup();

afterAll(() => cleanup.run());

/** Runs `coordinator migrate`. @returns its exit code and what it printed */
async function command(env: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const process = launch(env, 'migrate', ...flags);
  const { code } = await process.exited;
  return { code, lines: process.output.trimEnd().split('\n') };
}

describeEngines(DURABLE_ENGINES, (engine) => {
  it('coordinator migrate tells what is pending, applies it, and has nothing to do then', async () => {
    const env = await engine.create(cleanup);
    const before = await command(env, '--status');
    expect(before.code).toBe(3);
    expect(before.lines).toEqual(expect.arrayContaining(['pending  Initial1763700000000']));

    const run = await command(env);
    expect(run.code).toBe(0);
    expect(run.lines[0]).toBe('applying Initial1763700000000');
    expect(run.lines.at(-1)).toBe('the schema is up to date');

    const after = await command(env, '--status');
    expect(after).toEqual({ code: 0, lines: before.lines.map((line) => line.replace('pending', 'applied')) });
    expect(await command(env)).toEqual({ code: 0, lines: ['the schema is up to date'] });
    expect(await command(env, '--sql')).toEqual({ code: 0, lines: [''] });
  });

  it('coordinator migrate --sql prints what it would run, and runs nothing', async () => {
    const env = await engine.create(cleanup);
    const { code, lines } = await command(env, '--sql');
    expect(code).toBe(0);
    const statements = lines.join('\n');
    for (const table of ['trans_global', 'trans_branch_op', 'kv', 'dtx_migrations'])
      expect(statements).toMatch(new RegExp(`CREATE TABLE ["\`]?${table}["\`]? `));
    expect(statements).toContain("INSERT INTO dtx_migrations (timestamp, name) VALUES (1763700000000, 'Initial1763");
    expect(lines.every((line) => line.endsWith(';'))).toBe(true);
    expect((await command(env, '--status')).code).toBe(3);
  });
});

describeEngines(SHARED_ENGINES, ({ name }) => {
  const engine = name as ServerName;
  it('the printed statements, run by hand, come to the same as the command', async () => {
    const [byHand, byCommand] = [await dtm(), await dtm()];
    const schema = await StoreSchema.connect(byHand.address);
    const statements = await schema.sql({ sourceTimeZone: byHand.zone });
    expect(await byHand.rows('trans_global')).toEqual(await byCommand.rows('trans_global'));
    expect((await schema.status()).takeOver).toBe('needed');
    await schema.close();
    for (const statement of statements) await byHand.query(statement);
    await migrate(byCommand);
    expect(await byHand.taken()).toEqual(await byCommand.taken());
    expect(await schemaStatus(byHand)).toEqual(await schemaStatus(byCommand));
    expect(await schemaStatus(byHand)).toMatchObject({ pending: [], takeOver: 'none' });
    expect(await byHand.rows('dtm_trans_branch_op')).toEqual(await byCommand.rows('dtm_trans_branch_op'));
    expect(await definition(byHand)).toEqual(await definition(byCommand));
  });

  it('of several that migrate at once one does the work, and the others find it done', async () => {
    const database = await dtm();
    const applied: string[] = [];
    const report = (step: string): void => {
      if (step.startsWith('applying')) applied.push(step);
    };
    await Promise.all(Array.from({ length: 5 }, () => migrate(database, { report })));
    expect(applied).toEqual((await schemaStatus(database)).applied.map((migration) => `applying ${migration}`));
    expect(await database.rows('trans_global')).toHaveLength(database.transactions.length);
  });

  it('one that does not want to wait for another is refused, and finds the way free when that one has failed', async () => {
    const database = await dtm();
    let second: Promise<unknown> | undefined;
    const report = (step: string): void => {
      if (step.startsWith('watching')) second = migrate(database, { waitMs: 0 }).catch((error: unknown) => error);
      if (step.startsWith('renaming')) throw new Error('the first one fails');
    };
    const first = migrate(database, { report, quiet: { seconds: 60, watchMs: 1000 } });
    await expect(first).rejects.toThrow('the first one fails');
    expect(await second).toMatchObject({
      code: 'DTX_STORE_LOCKED',
      message: 'another process is migrating the database: wait for its end, then start again',
    });
    await migrate(database, { waitMs: 0 });
    expect((await schemaStatus(database)).takeOver).toBe('none');
  });

  it('a take-over needs nothing but the command', async () => {
    const database = await dtm();
    const env = storeEnvironment(database.address);
    const zone = database.zone === undefined ? [] : [`--source-time-zone=${database.zone}`];
    const status = await command(env, '--status');
    expect(status.code).toBe(3);
    expect(status.lines.at(-1)).toBe('pending  take-over: the tables are those of dtm');
    const run = await command(env, ...zone);
    expect(run.code).toBe(0);
    expect(run.lines).toEqual(expect.arrayContaining(['copying trans_global: 25 of 25 rows']));
    expect((await command(env, '--status')).code).toBe(0);
  });

  it('a server that cannot be reached is told with its address, without the password', async () => {
    const { address } = await dtm();
    const connected = StoreSchema.connect({ ...address, user: 'nobody', password: 'a secret' });
    await expect(connected).rejects.toMatchObject({
      code: 'DTX_STORE_UNAVAILABLE',
      message: expect.stringMatching(`^cannot connect to ${engine} at .*:${address.port}, .* user nobody \\(.*nobody`),
    });
    await expect(connected).rejects.not.toThrow('a secret');
  });

  it('a table that is not ours is left alone', async () => {
    const database = await DtmDatabase.create(cleanup, engine);
    for (const table of ['trans_global', 'trans_branch_op']) await database.query(`DROP TABLE ${table}`);
    await database.query('ALTER TABLE kv DROP COLUMN version');
    await expect(migrate(database)).rejects.toThrow('the table kv exists and is not ours, it has no version');
    expect(await database.rows('kv')).toHaveLength(1);
  });

  const dtm = (): Promise<DtmDatabase> => DtmDatabase.create(cleanup, engine);

  /** Columns and indexes of all tables, as the server tells them. */
  async function definition(database: DtmDatabase): Promise<unknown> {
    const schema = { mariadb: 'DATABASE()', postgres: 'current_schema()' }[engine];
    const columns = await database.query(`SELECT table_name, column_name, column_type_text FROM (
      SELECT table_name, column_name, CONCAT(data_type, ' ', is_nullable) AS column_type_text, ordinal_position
      FROM information_schema.columns WHERE table_schema = ${schema}) AS found
      ORDER BY table_name, ordinal_position`);
    const indexes = {
      mariadb: `SELECT table_name, index_name, column_name, non_unique FROM information_schema.statistics
        WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`,
      postgres: 'SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexdef',
    };
    return { columns, indexes: await database.query(indexes[engine]) };
  }
});

describe('coordinator', () => {
  it.each([
    [['--help'], 0, /^usage: coordinator/],
    [['migrate', '--force'], 1, /^coordinator: DTX_INVALID_CONFIG: Unknown option '--force'/],
    [['migrate'], 1, /^coordinator: DTX_INVALID_CONFIG: the memory store has no schema to migrate$/m],
  ])('%j ends with %i and says why', async (args, code, told) => {
    const process = launch({ STORE_DRIVER: 'memory' }, ...args);
    expect([(await process.exited).code, process.output]).toEqual([code, expect.stringMatching(told)]);
  });
});
