import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import type { ObservedState } from '../support/saga-state';
import { serverPort } from '../support/servers/server-port';
import type { StoreEnvironment } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import { overHttp, untilAnswered } from '../support/transactions/command-channel';
import { until, type Patience } from '../support/until';
import { startDoomed } from './crash';
import type { ModeCrash } from './mode-crashes';

/** What is known of a case after the crash. */
export interface ModeSurvival {
  readonly end: ObservedState;
  readonly calls: readonly string[];
}

/** Milliseconds. */
const PATIENCE: Patience = { withinMs: 90_000, everyMs: 100 };

/**
 * Plays all cases side by side. Each transaction stops dead at its own point; when all stand at theirs their coordinator is
 * killed, and another one at its address ends what it left. The clients outlive both.
 */
export async function surviveModeCrashes(
  crashes: readonly ModeCrash[],
  store: StoreEnvironment,
  busi: FixtureService,
  cleanup: Cleanup,
): Promise<Map<ModeCrash, ModeSurvival>> {
  const port = await serverPort();
  const url = `http://127.0.0.1:${port}`;
  const channel = untilAnswered(overHttp(`${url}/api/dtmsvr`));
  const doomed = await startDoomed(
    store,
    crashes.map((each) => ({ ...each.crash, gid: `${nameOf(each)}-1` })),
    port,
  );
  cleanup.add(() => doomed.kill());
  const play = (crash: ModeCrash) => ({
    crash,
    ...crash.story.play(new CaseFactory(url, busi, nameOf(crash), channel)),
  });
  const timed = crashes.filter(({ story }) => story.isTimed).map(play);
  await Promise.all(timed.map(({ played }) => played));
  const plays = [...timed, ...crashes.filter(({ story }) => !story.isTimed).map(play)];
  await until('the coordinator dies', () => !doomed.alive, PATIENCE).catch((cause: unknown) => {
    const missing = crashes.map(nameOf).filter((name) => !doomed.output.includes(`stopped ${name}-1\n`));
    throw new Error(`these never came to their point: ${missing.join(', ')}`, { cause });
  });
  const next = await startDoomed(store, [], port);
  cleanup.add(() => next.kill());
  const survivals = plays.map(async ({ crash, transaction, played }) => {
    await played;
    const end = await transaction.ended(PATIENCE);
    const calls = transaction.calls.filter((call) => !call.startsWith('resume'));
    return [crash, { end, calls }] as const;
  });
  return new Map(await Promise.all(survivals));
}

/** Names the one transaction of a case. */
function nameOf({ story, crash }: ModeCrash): string {
  return `${crash.point}-${crash.hit}-${story.name.replaceAll(' ', '-')}`;
}
