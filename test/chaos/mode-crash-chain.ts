import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import type { ObservedState } from '../support/saga-state';
import { serverPort } from '../support/servers/server-port';
import type { StoreEnvironment } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import { overHttp, untilAnswered } from '../support/transactions/command-channel';
import { until } from '../support/until';
import { startFaulty } from './crash';
import type { ModeCrash } from './mode-crashes';

/** What is known of a case after the crash. */
export interface ModeSurvival {
  readonly end: ObservedState;
  readonly calls: readonly string[];
}

/**
 * Plays cases one after the other on one store and at one address, as {@link runChain} does with sagas: each coordinator first
 * ends what its predecessor left, then dies at the point of its own case. The clients outlive them all.
 */
export async function runModeChain(
  crashes: readonly ModeCrash[],
  store: StoreEnvironment,
  busi: FixtureService,
  cleanup: Cleanup,
): Promise<Map<ModeCrash, ModeSurvival>> {
  const port = await serverPort();
  const url = `http://127.0.0.1:${port}`;
  const channel = untilAnswered(overHttp(`${url}/api/dtmsvr`));
  const survivals = new Map<ModeCrash, ModeSurvival>();
  let conclude: () => Promise<unknown> = () => Promise.resolve();
  for (const crash of [...crashes, undefined]) {
    const cases = new CaseFactory(url, busi, crash ? gidOf(crash) : 'none', channel);
    const server = await startFaulty(store, crash && { ...crash.crash, gid: `${gidOf(crash)}-1` }, port);
    cleanup.add(() => server.kill());
    await conclude();
    if (!crash) break;
    const { transaction, played } = crash.story.play(cases);
    await until(`the coordinator dies at ${crash.crash.point}`, () => !server.alive);
    conclude = async () => {
      await played;
      const end = await transaction.ended();
      const calls = transaction.calls.filter((call) => !call.startsWith('resume'));
      survivals.set(crash, { end, calls });
    };
  }
  return survivals;
}

/** Names the one transaction of a case. */
function gidOf({ story, crash }: ModeCrash): string {
  return `${crash.point}-${crash.hit}-${story.name.replaceAll(' ', '-')}`;
}
