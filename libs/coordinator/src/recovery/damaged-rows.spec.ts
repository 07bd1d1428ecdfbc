import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newGid } from '@nestjs-dtx/protocol';
import { openSqlite } from '@nestjs-dtx/sqlite';
import { ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';
import { ENDED_LEASE, insertWrite } from '../stores/insert-write.spec-helper';
import { SqliteStore } from '../stores/typeorm/sqlite/sqlite-store';

const PROBLEM = 'this transaction cannot be run: branch rows are missing: 1 of 2 were read';

describe('a transaction of which a branch row is gone', () => {
  let directory: string;
  let store: SqliteStore;
  let service: ScriptedService;
  let rig: CoordinatorRig;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    directory = await mkdtemp(join(tmpdir(), 'dtx-damaged-'));
    store = new SqliteStore({ directory });
    await store.open();
    service = await ScriptedService.start();
    rig = CoordinatorRig.create({ store });
  });

  afterEach(async () => {
    await rig.close();
    await service.stop();
    await store.close();
    await rm(directory, { recursive: true });
    log.restore();
  });

  async function left(): Promise<string> {
    const gid = newGid();
    await store.write(insertWrite(gid, { lease: ENDED_LEASE, url: service.url }));
    return gid;
  }

  /** What a restore of half a backup or a slip of the hand does. */
  function loseBranch(gid: string, op: string): void {
    const database = openSqlite(join(directory, 'coordinator.sqlite'));
    database.prepare('DELETE FROM trans_branch_op WHERE gid = ? AND op = ?').run(gid, op);
    database.close();
  }

  test.each(['action', 'compensate'])('is not run without its %s, and says why; others are', async (op) => {
    const [damaged, sound] = [await left(), await left()];
    loseBranch(damaged, op);
    expect(await rig.scan()).toBe(2);
    await rig.idle();
    expect(await rig.state(sound)).toBe('succeed P S');
    expect(service.calls.filter(({ query }) => query['gid'] === damaged)).toEqual([]);
    expect(log.of('error')).toEqual([`error gid=${damaged} ${PROBLEM}`]);
    const { transaction } = await rig.parts.queries.query(damaged);
    expect(transaction).toMatchObject({ status: 'submitted', last_error: PROBLEM });
  });

  test('is looked at again when an operator has mended it', async () => {
    const gid = await left();
    loseBranch(gid, 'action');
    await rig.scan();
    await rig.idle();
    const database = openSqlite(join(directory, 'coordinator.sqlite'));
    database
      .prepare(
        `INSERT INTO trans_branch_op (gid, url, bin_data, branch_id, op, status, create_time, update_time)
         SELECT gid, ?, bin_data, branch_id, 'action', status, create_time, update_time FROM trans_branch_op WHERE gid = ?`,
      )
      .run(`${service.url}/action`, gid);
    database.close();
    await rig.parts.queries.rearm(gid);
    await rig.scan();
    await rig.idle();
    expect(await rig.state(gid)).toBe('succeed P S');
  });
});
