import { get, post } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import type { RunningLane } from './lanes';
import type { RunOrder, Tally } from './load/tally';
import { cpuTimeOfTreeUs, cpuTimeUs, perSaga } from './measure/cpu-time';
import { processorTicks, stolenShare } from './measure/stolen';

/** Processor time per saga of each process, in microseconds; `null` where there is none or it cannot be told. */
export interface CpuUse {
  readonly coordinator: number | null;
  readonly database: number | null;
  readonly branches: number | null;
  readonly load: number | null;
}

/** One measurement of one lane. */
export interface Sample extends Tally {
  readonly cpu: CpuUse;
  /** Share of the processors that the host took meanwhile, 0 to 1; `null` where it cannot be told. */
  readonly stolen: number | null;
}

/** The part of an order that is the same for all lanes. */
export type Shape = Pick<RunOrder, 'inflight' | 'steps'>;

/** How long, and at which pace if not as fast as it goes. */
export type Timing = Pick<RunOrder, 'seconds' | 'perSecond'>;

/**
 * At a steady pace there are so many times the clients: they are there for the bursts behind a standstill, in which no saga
 * may have to wait for a client.
 */
const SPARE_CLIENTS = 4;

/** Runs lanes one at a time against one branch service. */
export class Sampler {
  constructor(
    private readonly branches: ServerProcess,
    private readonly shape: Shape,
  ) {}

  /** @throws Error when the lane finished sagas without making their calls, or could not be run at all */
  async sample(lane: RunningLane, timing: Timing): Promise<Sample> {
    const branches = lane.branches ?? this.branches;
    const callsBefore = await calls(branches);
    const [before, ticksBefore] = [this.cpuTimes(lane), processorTicks()];
    const tally = await this.run(lane, timing);
    const [after, ticksAfter] = [this.cpuTimes(lane), processorTicks()];
    if (lane.callsBranches) requireCalls((await calls(branches)) - callsBefore, tally.finished * this.shape.steps);
    const used = (part: keyof CpuUse): number | null => perSaga(before[part], after[part], tally.finished);
    return {
      ...tally,
      cpu: {
        coordinator: used('coordinator'),
        database: used('database'),
        branches: used('branches'),
        load: used('load'),
      },
      stolen: stolenShare(ticksBefore, ticksAfter),
    };
  }

  private cpuTimes({
    subject,
    driver,
    database,
    branches = this.branches,
  }: RunningLane): Partial<Record<keyof CpuUse, number | undefined>> {
    return {
      coordinator: cpuTimeUs(subject.pid),
      database: database === undefined ? undefined : cpuTimeOfTreeUs(database),
      branches: cpuTimeUs(branches.pid),
      // A lane that drives itself has its load inside.
      load: driver === subject ? undefined : cpuTimeUs(driver.pid),
    };
  }

  private async run(lane: RunningLane, timing: Timing): Promise<Tally> {
    const { inflight, steps } = this.shape;
    const order: RunOrder = {
      ...timing,
      transType: lane.transType ?? 'saga',
      ...addressesOf(lane, lane.branches ?? this.branches),
      inflight: timing.perSecond === undefined ? inflight : inflight * SPARE_CLIENTS,
      steps,
    };
    const { status, text, json } = await post(`${lane.driver.url}/run`, order);
    if (status !== 200) throw new Error(`${lane.driver.name} could not run ${lane.subject.name}: ${text}`);
    return json as Tally;
  }
}

/** Where the load goes, and where its branches are. */
function addressesOf(
  { subject, isGrpc, branchBase }: RunningLane,
  branches: ServerProcess,
): Pick<RunOrder, 'target' | 'branches'> {
  if (isGrpc) return { target: subject.grpcAddress, branches: branches.grpcAddress };
  return { target: subject.url, branches: branchBase ?? branches.url };
}

/** How often the service of the branches has been called so far. */
async function calls({ url }: ServerProcess): Promise<number> {
  return Number((await get(`${url}/calls`)).text);
}

function requireCalls(made: number, needed: number): void {
  if (made < needed) throw new Error(`${needed} branch calls were needed and only ${made} were made: the lane cheats`);
}
