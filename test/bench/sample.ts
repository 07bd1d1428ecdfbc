import { get, post } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import type { RunningLane } from './lanes';
import type { RunOrder, Tally } from './load/tally';
import { cpuTimeOfTreeUs, cpuTimeUs, perSaga } from './measure/cpu-time';

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
    const callsBefore = await this.calls();
    const before = this.cpuTimes(lane);
    const tally = await this.run(lane, timing);
    const after = this.cpuTimes(lane);
    if (lane.callsBranches) requireCalls((await this.calls()) - callsBefore, tally.finished * this.shape.steps);
    const used = (part: keyof CpuUse): number | null => perSaga(before[part], after[part], tally.finished);
    return {
      ...tally,
      cpu: {
        coordinator: used('coordinator'),
        database: used('database'),
        branches: used('branches'),
        load: used('load'),
      },
    };
  }

  private cpuTimes({ subject, driver, database }: RunningLane): Partial<Record<keyof CpuUse, number | undefined>> {
    return {
      coordinator: cpuTimeUs(subject.pid),
      database: database === undefined ? undefined : cpuTimeOfTreeUs(database),
      branches: cpuTimeUs(this.branches.pid),
      // A lane that drives itself has its load inside.
      load: driver === subject ? undefined : cpuTimeUs(driver.pid),
    };
  }

  private async run(lane: RunningLane, timing: Timing): Promise<Tally> {
    const { inflight, steps } = this.shape;
    const order: RunOrder = {
      ...timing,
      transType: lane.transType ?? 'saga',
      target: lane.subject.url,
      branches: this.branches.url,
      inflight: timing.perSecond === undefined ? inflight : inflight * SPARE_CLIENTS,
      steps,
    };
    const { status, text, json } = await post(`${lane.driver.url}/run`, order);
    if (status !== 200) throw new Error(`${lane.driver.name} could not run ${lane.subject.name}: ${text}`);
    return json as Tally;
  }

  private async calls(): Promise<number> {
    return Number((await get(`${this.branches.url}/calls`)).text);
  }
}

function requireCalls(made: number, needed: number): void {
  if (made < needed) throw new Error(`${needed} branch calls were needed and only ${made} were made: the lane cheats`);
}
