import { Barrier } from './barrier';
import { BarrierCleaner, DEFAULT_BARRIER_TTL_SECONDS, MIN_BARRIER_TTL_SECONDS } from './barrier-cleaner';
import { Participant } from './participant.spec-helper';

const DAY = 24 * 3600;

describe('BarrierCleaner', () => {
  let participant: Participant;

  beforeEach(() => {
    participant = new Participant();
  });

  afterEach(() => participant.close());

  /** Rows of so many requests that came so long ago. */
  async function requests(count: number, ageSeconds: number, prefix = `${ageSeconds}-`): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const info = { transType: 'saga', gid: `${prefix}${made}`, branchId: '01', op: 'action' };
      await participant.call(new Barrier(info, { dialect: 'sqlite' }), async () => {});
    }
    participant.rows(
      `update dtx_barrier set create_time = strftime('%Y-%m-%d %H:%M:%f', 'now', '-${ageSeconds} seconds')
       where gid like '${prefix}%'`,
    );
  }

  const cleaner = (ttlSeconds?: number, table?: string): BarrierCleaner =>
    new BarrierCleaner(
      { dialect: 'sqlite', ...(ttlSeconds !== undefined && { ttlSeconds }), ...(table !== undefined && { table }) },
      (work) => participant.inTransaction(work),
    );

  const gids = (): unknown[] => participant.barrierRows.map(({ gid }) => gid);

  it('deletes rows older than the TTL and no others', async () => {
    await requests(3, 8 * DAY);
    await requests(2, 7 * DAY - 60);
    expect(await cleaner(7 * DAY).runOnce()).toBe(3);
    expect(gids()).toEqual([`${7 * DAY - 60}-0`, `${7 * DAY - 60}-1`]);
    expect(await cleaner(7 * DAY).runOnce()).toBe(0);
  });

  it('keeps rows for thirty days unless told otherwise', async () => {
    await requests(1, 31 * DAY);
    await requests(1, 29 * DAY);
    expect(DEFAULT_BARRIER_TTL_SECONDS).toBe(30 * DAY);
    expect(await cleaner().runOnce()).toBe(1);
    expect(gids()).toEqual([`${29 * DAY}-0`]);
  });

  it('deletes thousands in transactions of hundreds', async () => {
    await requests(1, 40 * DAY, 'first-');
    participant.rows(
      `insert into dtx_barrier (gid, create_time) with recursive numbers(n) as (select 1 union all select n + 1 from numbers
       where n < 2600) select 'many-' || n, '2020-01-01 00:00:00.000' from numbers`,
    );
    let transactions = 0;
    const counted = new BarrierCleaner({ dialect: 'sqlite' }, (work) => {
      transactions += 1;
      return participant.inTransaction(work);
    });
    expect(await counted.runOnce()).toBe(2601);
    expect(transactions).toBe(6);
    expect(gids()).toEqual([]);
  });

  it('steps over rows that have no time', async () => {
    participant.rows('create table undated as select * from dtx_barrier');
    for (const [id, time] of [
      [1, 'null'],
      [2, "'2020-01-01 00:00:00.000'"],
      [3, 'null'],
    ]) {
      participant.rows(`insert into undated (id, create_time) values (${id}, ${time})`);
    }
    expect(await cleaner(undefined, 'undated').runOnce()).toBe(1);
    expect(participant.rows('select id from undated order by id')).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('rolls a part back that fails, keeps the parts before it, and tells', async () => {
    await requests(600, 40 * DAY);
    participant.rows(
      `create trigger refuse before delete on dtx_barrier when old.gid like '%-550' begin select raise(abort, 'no'); end`,
    );
    await expect(cleaner().runOnce()).rejects.toThrow('no');
    expect(gids()).toHaveLength(100);
  });

  it('ends after the transaction under way when it is told to', async () => {
    await requests(1200, 40 * DAY);
    const stop = new AbortController();
    const stopping = new BarrierCleaner({ dialect: 'sqlite' }, (work) => {
      stop.abort();
      return participant.inTransaction(work);
    });
    expect(await stopping.runOnce(stop.signal)).toBe(500);
    expect(await stopping.runOnce(stop.signal)).toBe(0);
    expect(gids()).toHaveLength(700);
  });

  it.each([0, -1, 60, MIN_BARRIER_TTL_SECONDS - 1, 7.5 * DAY + 0.5, NaN, Infinity])(
    'refuses a TTL of %d seconds and says why',
    (ttlSeconds) => {
      expect(() => cleaner(ttlSeconds)).toThrow(
        expect.objectContaining({
          code: 'DTX_INVALID_CONFIG',
          message: expect.stringMatching(/use whole seconds from 604800 \(7 days\).*undoes nothing/),
        }),
      );
    },
  );

  it('refuses what is no table name', () => {
    expect(() => cleaner(undefined, 'b; drop table account')).toThrow(/is no valid name/);
  });
});
