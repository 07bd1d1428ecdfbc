import { Cleanup } from '../../support/cleanup';
import { WIRES } from '../../transports/wire';
import { Sampler } from '../sample';
import { BENCH_ENGINES } from '../store/bench-engine';
import { startProcess } from './process';
import { transportLane } from './transport.lane';

const STEPS = 3;

describe('the lane of a transport', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it('finishes sagas, each step a message to its own service', async () => {
    const load = await startProcess(cleanup, 'load-generator');
    const routes = await startProcess(cleanup, 'branch-service');
    const engine = BENCH_ENGINES.find(({ name }) => name === 'sqlite')!;
    const surroundings = { cleanup, engine, load, steps: STEPS, history: 0, running: new Map() };
    const lane = await transportLane(WIRES.tcp).start(surroundings);

    const sample = await new Sampler(routes, { inflight: 2, steps: STEPS }).sample(lane, { seconds: 1 });

    expect(sample.finished).toBeGreaterThan(0);
    expect(sample.problems).toEqual({});
  });
});
