import { ScriptedService, ANSWERS, Gate } from '@nestjs-dtx/testing';
import { balancesOf, heldTotal, totalOf } from '../demo/balances';
import { World } from '../demo/world';
import { Cleanup } from '../support/cleanup';
import { post, type Reply } from '../support/http';
import { ended } from '../support/saga-state';
import { until } from '../support/until';

/** Places for one transaction, and one more that waits. */
const WAIT_MS = 1000;
const NARROW = { MAX_IN_FLIGHT: '1', ADMISSION_QUEUE: '1', ADMISSION_WAIT: String(WAIT_MS / 1000) };

describe('a bank that is asked for a transfer', () => {
  const cleanup = new Cleanup();
  let world: World;

  beforeAll(async () => {
    world = await World.start(cleanup, 'sqlite', NARROW);
  });
  afterAll(() => cleanup.run());

  const transfer = (mode: string): Promise<Reply> =>
    post(`${world.banks['bank-a'].server.url}/transfers?mode=${mode}`, {
      from: 'bank-a/alice',
      to: 'bank-b/bob',
      amountMinor: 10,
      transferId: `busy-${mode}`,
    });

  test('says 503 and when to come back while the coordinator is too busy, and makes it once when it is asked again', async () => {
    const before = await balancesOf(world.allBanks);
    const modes = ['saga', 'tcc', 'msg'];
    const release = await occupied();
    const replies = await Promise.all(modes.map(transfer));
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 503]);
    for (const { json, headers } of replies) {
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(json).toMatchObject({
        code: 'DTX_COORDINATOR_UNREACHABLE',
        message: expect.stringContaining('is busy') as string,
      });
    }
    // A message that is promised is delivered by itself; who says otherwise would have it paid twice.
    expect(replies.at(-1)?.json).toMatchObject({ gid: 'busy-msg', outcome: 'unknown' });
    await nobodyWaits();
    release();
    await until('the saga is taken', async () => (await transfer('saga')).status === 201);
    const ends = await Promise.all(modes.map((mode) => ended(world.api, `busy-${mode}`)));
    expect(ends.map(({ status }) => status)).toEqual(['succeed', 'failed', 'succeed']);
    const after = await balancesOf(world.allBanks);
    expect([totalOf(after), await heldTotal(world.allBanks)]).toEqual([totalOf(before), 0]);
    expect(after.get('bank-b/bob')).toBe(before.get('bank-b/bob')! + 20);
  });

  test('by message to a bank that has just died, says 503 and when to come back', async () => {
    await world.banks['bank-b'].end();
    const reply = await post(`${world.banks['bank-a'].server.url}/transfers?mode=msg`, {
      from: 'bank-a/alice',
      to: 'bank-b/bob',
      amountMinor: 10,
    });
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
  });

  /**
   * A submit whose client has given up may still stand in the queue, and would get the place that becomes free. One that is
   * refused only after the whole wait has stood there itself, so nobody else does.
   */
  async function nobodyWaits(): Promise<void> {
    const probe = { gid: 'probe', trans_type: 'saga', steps: [], payloads: [] };
    await until('the queue is empty', async () => {
      const beganMs = performance.now();
      await world.api.post('submit', probe);
      return performance.now() - beganMs > WAIT_MS / 2;
    });
  }

  /** Takes the only place. @returns what gives it back */
  async function occupied(): Promise<() => void> {
    const slow = await ScriptedService.start();
    cleanup.add(() => slow.stop());
    const [called, release] = [new Gate(), new Gate()];
    slow.script = async () => {
      called.open();
      await release.pass();
      return ANSWERS.success;
    };
    const saga = { gid: 'slow', trans_type: 'saga', steps: [{ action: slow.url, compensate: '' }], payloads: ['{}'] };
    await world.api.post('submit', { ...saga, request_timeout: 600 });
    await called.pass();
    return () => release.open();
  }
});
