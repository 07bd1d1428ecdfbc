import { Controller, type LoggerService } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { closeAll, serveAs } from '../dtx-app.spec-helper';
import { DtxModule } from '../dtx.module';
import { createBarrierTable } from './barrier-table';
import { barrierMigration } from './barrier-migration';

const DAY = 24 * 3600;
const HOUR_MS = 3_600_000;
/** The first round comes within ten minutes. */
const FIRST_ROUND_MS = 600_000;

@Controller('accounts')
class AccountsController {
  @SagaStep('pay', { compensate: false })
  @BarrierProtected()
  pay(): void {}

  @SagaStep('book', { compensate: false })
  @BarrierProtected({ table: 'second_barrier' })
  book(): void {}
}

describe('barrierTtl', () => {
  let lines: string[];
  let dataSource: DataSource;
  const logger: LoggerService = {
    log: (message: unknown) => lines.push(`info ${String(message)}`),
    warn: (message: unknown) => lines.push(`warn ${String(message)}`),
    error: (message: unknown) => lines.push(`error ${String(message)}`),
  };

  beforeEach(() => {
    lines = [];
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'nextTick', 'queueMicrotask'] });
  });

  afterEach(async () => {
    jest.useRealTimers();
    await closeAll();
  });

  async function start(barrierTtl?: number, controllers = [AccountsController]): Promise<void> {
    const service = { service: 'bank', coordinator: 'http://127.0.0.1:36789', register: false };
    const migrations = [barrierMigration(), barrierMigration({ table: 'second_barrier' })];
    const app = await serveAs(
      {
        imports: [
          DtxModule.forRoot({ ...service, ...(barrierTtl !== undefined && { barrierTtl }) }),
          TypeOrmModule.forRoot({ ...sqliteOptions(':memory:'), migrations, migrationsRun: true }),
        ],
        controllers,
      },
      { logger },
    );
    dataSource = app.get(DataSource);
    for (const table of ['dtx_barrier', 'second_barrier']) {
      await store(table, 'old', 20);
      await store(table, 'young', 5);
    }
  }

  const store = (table: string, gid: string, days: number): Promise<unknown> =>
    dataSource.query(
      `insert into ${table} (gid, create_time) values ('${gid}', strftime('%Y-%m-%d %H:%M:%f', 'now', '-${days} days'))`,
    );

  async function gids(table = 'dtx_barrier'): Promise<string[]> {
    const rows = await dataSource.query<{ gid: string }[]>(`select gid from ${table} order by id`);
    return rows.map(({ gid }) => gid);
  }

  test('deletes older rows from the tables of all handlers, soon after the start and every hour', async () => {
    await start(10 * DAY);
    expect(await gids()).toEqual(['old', 'young']);
    await jest.advanceTimersByTimeAsync(FIRST_ROUND_MS);
    expect([await gids(), await gids('second_barrier')]).toEqual([['young'], ['young']]);
    expect(lines.filter((line) => line.includes('deleted'))).toEqual([
      "info deleted 1 rows of barrier table 'dtx_barrier' older than 864000 s",
      "info deleted 1 rows of barrier table 'second_barrier' older than 864000 s",
    ]);
    await dataSource.query("update dtx_barrier set create_time = '2020-01-01 00:00:00.000'");
    await jest.advanceTimersByTimeAsync(HOUR_MS * 1.1);
    expect(await gids()).toEqual([]);
  });

  test('deletes from the module’s table where no handler has a barrier', async () => {
    await start(10 * DAY, []);
    await jest.advanceTimersByTimeAsync(FIRST_ROUND_MS);
    expect([await gids(), await gids('second_barrier')]).toEqual([['young'], ['old', 'young']]);
  });

  test('deletes nothing unless it is set', async () => {
    await start();
    await jest.advanceTimersByTimeAsync(3 * HOUR_MS);
    expect(await gids()).toEqual(['old', 'young']);
  });

  test('tells of a table that fails, cleans the others, and tries again', async () => {
    await start(10 * DAY);
    await dataSource.query('drop table dtx_barrier');
    await jest.advanceTimersByTimeAsync(FIRST_ROUND_MS);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([
      "error old rows of barrier table 'dtx_barrier' could not be deleted, next try in an hour: no such table: dtx_barrier",
    ]);
    expect(await gids('second_barrier')).toEqual(['young']);
    await createBarrierTable(dataSource);
    await store('dtx_barrier', 'old', 20);
    await jest.advanceTimersByTimeAsync(HOUR_MS * 1.1);
    expect(await gids()).toEqual([]);
  });

  test('ends with the application, before its databases are closed', async () => {
    await start(10 * DAY);
    const closing = closeAll();
    await jest.advanceTimersByTimeAsync(3 * HOUR_MS);
    await closing;
    expect(jest.getTimerCount()).toBe(0);
    expect(lines.filter((line) => /deleted|could not/.test(line))).toEqual([]);
  });

  test.each([0, 3600, 7 * DAY - 1, 10.5])('refuses %d seconds, as a compensation could come later', async (ttl) => {
    await expect(start(ttl)).rejects.toMatchObject({
      code: 'DTX_DEFINITION',
      message: expect.stringMatching(/^DtxModule: barrierTtl: .* use whole seconds from 604800 \(7 days\)/),
    });
  });
});
