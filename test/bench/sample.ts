import { get, post } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import type { RunningLane } from './lanes';
import type { RunOrder, Tally } from './load/tally';
import { cpuTimeUs } from './measure/cpu-time';

/** Processor time per saga of each process, in microseconds; `null` where it cannot be told. */
export interface CpuUse {
  readonly coordinator: number | null;
  readonly branches: number | null;
  readonly load: number | null;
}

/** One measurement of one lane. */
export interface Sample extends Tally {
  readonly cpu: CpuUse;
}

/** The part of an order that is the same for all lanes. */
export type Shape = Pick<RunOrder, 'inflight' | 'steps'>;

/** Runs lanes one at a time against one branch service. */
export class Sampler {
  constructor(
    private readonly branches: ServerProcess,
    private readonly shape: Shape,
  ) {}

  /** @throws Error when the lane finished sagas without making their calls, or could not be run at all */
  async sample(lane: RunningLane, seconds: number): Promise<Sample> {
    const processes = [lane.subject, this.branches, lane.driver];
    const callsBefore = await this.calls();
    const before = processes.map(({ pid }) => cpuTimeUs(pid));
    const tally = await this.run(lane, seconds);
    const used = processes.map(({ pid }, index) => perSaga(before[index], cpuTimeUs(pid), tally.finished));
    if (lane.callsBranches) requireCalls((await this.calls()) - callsBefore, tally.finished * this.shape.steps);
    const [coordinator = null, branches = null, load = null] = used;
    // A lane that drives itself has its load inside.
    return { ...tally, cpu: { coordinator, branches, load: lane.driver === lane.subject ? null : load } };
  }

  private async run(lane: RunningLane, seconds: number): Promise<Tally> {
    const { inflight, steps } = this.shape;
    const order: RunOrder = { target: lane.subject.url, branches: this.branches.url, inflight, steps, seconds };
    const { status, text, json } = await post(`${lane.driver.url}/run`, order);
    if (status !== 200) throw new Error(`${lane.driver.name} could not run ${lane.subject.name}: ${text}`);
    return json as Tally;
  }

  private async calls(): Promise<number> {
    return Number((await get(`${this.branches.url}/calls`)).text);
  }
}

function perSaga(before: number | undefined, after: number | undefined, sagas: number): number | null {
  return before === undefined || after === undefined || sagas === 0 ? null : (after - before) / sagas;
}

function requireCalls(made: number, needed: number): void {
  if (made < needed) throw new Error(`${needed} branch calls were needed and only ${made} were made: the lane cheats`);
}
