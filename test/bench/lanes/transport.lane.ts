import { CoordinatorApi } from '../../support/coordinator-api';
import { until } from '../../support/until';
import type { Wire } from '../../transports/wire';
import { sagaBodies, sagaPatterns } from '../load/saga';
import { messageBranchesEnvironment } from '../processes/message-branches';
import { coordinatorLane } from './coordinator-lane';
import type { Lane } from './lane';
import { startProcess } from './process';

/** Long enough for consumers that join a group. Milliseconds. */
const READY = { withinMs: 60_000, everyMs: 100 };
const FIRST_GID = 'first';

/** @returns the lane of a transport: a coordinator as ours, whose branches are handlers of messages behind a broker of their own */
export function transportLane(wire: Wire): Lane {
  return {
    name: wire.name,
    what: `as ours, with branches behind Nest's ${wire.name} transport (--transport)`,
    start: async (surroundings) => {
      const { cleanup, steps } = surroundings;
      if (wire.missing !== undefined) throw new Error(wire.missing);
      const { base, transport } = await wire.open(cleanup, sagaPatterns(steps));
      const env = messageBranchesEnvironment({ transport, patterns: sagaPatterns(steps) });
      const branches = await startProcess(cleanup, 'message-branch-service', env);
      const lane = await coordinatorLane(surroundings);
      await connect(new CoordinatorApi(lane.subject.url), base, steps);
      return { ...lane, branches, branchBase: base };
    },
  };
}

/** The first calls connect, and may be repeated before that is done: one saga waits for it, not the load. */
async function connect(api: CoordinatorApi, base: string, steps: number): Promise<void> {
  const saga = JSON.parse(sagaBodies(base, steps)(FIRST_GID)) as object;
  const { status, text } = await api.submit({ ...saga, wait_result: false, retry_interval: 1 });
  if (status !== 200) throw new Error(`the first saga was refused: ${status} ${text}`);
  const ended = async () => (await api.query(FIRST_GID)).transaction?.status === 'succeed';
  await until(`branches at ${base} are reached`, ended, READY);
}
