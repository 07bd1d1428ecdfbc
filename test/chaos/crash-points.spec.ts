import { FAULT_POINTS } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { transferSaga } from '../support/fixture/transfer';
import { limited } from '../support/limited';
import { ended, type ObservedState } from '../support/saga-state';
import { temporaryFolder } from '../support/temporary-folder';
import { startFaulty } from './crash';
import { CRASH_CASES, type CrashCase } from './crash-points';

/** Two cores: more at once would only be slower. */
const AT_ONCE = 3;

describe('a coordinator killed in the middle of a saga', () => {
  const cleanup = new Cleanup();
  const ledger = new Ledger();
  let busi: FixtureService;
  let ends: Promise<ObservedState>[];

  beforeAll(async () => {
    busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    busi.onSuccess(ledger.apply);
    ends = limited(
      CRASH_CASES.map((crashCase) => () => dieAndRecover(crashCase)),
      AT_ONCE,
    );
  });

  afterAll(async () => {
    await Promise.allSettled(ends);
    await cleanup.run();
  });

  test.each(CRASH_CASES.map((crashCase, index) => [titleOf(crashCase), crashCase, index] as const))(
    '%s',
    async (_title, crashCase, index) => {
      const { story, mayRepeat } = crashCase;
      const gid = gidOf(crashCase);
      expect(await ends[index]).toMatchObject(story.end);
      expect(ledger.moved(gid)).toEqual(story.moved);
      // What was recorded before the crash is never called again; order is kept whatever happens.
      const calls = busi.log.notation(gid);
      const repeated = calls.length > story.calls.length ? withRepeat(story.calls, mayRepeat) : story.calls;
      expect(calls).toEqual(repeated);
    },
    90_000,
  );

  test('neither makes nor loses money over all of them', async () => {
    await Promise.allSettled(ends);
    const moved = ledger.moved();
    expect(moved.OUT + moved.IN).toBe(0);
    expect(moved.IN).toBe(CRASH_CASES.reduce((sum, { story }) => sum + story.moved.IN, 0));
  });

  test('is tried at every fault point there is', () => {
    expect(new Set(CRASH_CASES.map(({ crash }) => crash.point))).toEqual(new Set(FAULT_POINTS));
  });

  /** Submits, lets the coordinator die, starts another on the same folder, and does what a client does: ask, or send again. */
  async function dieAndRecover(crashCase: CrashCase): Promise<ObservedState> {
    const gid = gidOf(crashCase);
    const body = transferSaga(busi, gid, { retry_interval: 1 });
    busi.script(gid, crashCase.story.scripts);
    const folder = await temporaryFolder(cleanup, 'crash');
    const doomed = await startFaulty(folder, crashCase.crash);
    cleanup.add(() => doomed.kill());
    const acknowledged = await new CoordinatorApi(doomed.url).submit(body).then(
      ({ status }) => status === 200,
      () => false,
    );
    expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const heir = await startFaulty(folder);
    cleanup.add(() => heir.kill());
    const api = new CoordinatorApi(heir.url);
    const known = (await api.query(gid)).transaction !== null;
    if (crashCase.crash.point === 'submit-received') {
      expect({ acknowledged, known }).toEqual({ acknowledged: false, known: false });
      expect((await api.submit(body)).status).toBe(200);
    } else {
      expect(known).toBe(true);
    }
    const state = await ended(api, gid);
    await heir.stop();
    return state;
  }
});

function gidOf({ story, crash }: CrashCase): string {
  return `${crash.point}-${crash.hit}-${story.name.replaceAll(' ', '-')}`;
}

function titleOf({ story, crash }: CrashCase): string {
  const times = crash.hit === 1 ? '' : ` no. ${crash.hit}`;
  return `at ${crash.point}${times} of a saga that ${story.name}: the saga ends as if nothing had happened`;
}

function withRepeat(calls: readonly string[], repeated: string | undefined): readonly string[] {
  return calls.flatMap((call) => (call === repeated ? [call, call] : [call]));
}
