import { WIRES } from '../transports/wire';
import type { LaneSamples } from './bench';
import { floorHalf } from './lanes/floor-half.lane';
import { floor } from './lanes/floor.lane';
import { half } from './lanes/half.lane';
import { history } from './lanes/history.lane';
import { ours } from './lanes/ours.lane';
import { transportLane } from './lanes/transport.lane';
import { laneResult, problemsOf, ratiosOf } from './result';
import type { Sample } from './sample';

function sample(sagasPerSecond: number, coordinator: number | null = 100): Sample {
  const cpu = { coordinator, database: 40, branches: 30, load: null };
  return {
    sagasPerSecond,
    finished: sagasPerSecond * 4,
    p50Ms: 5,
    p99Ms: 9,
    problems: {},
    cpu,
    stolen: coordinator && coordinator / 1000,
  };
}

describe('the result of a bench', () => {
  it('takes the median of all rounds', () => {
    const measured: LaneSamples = { lane: ours, samples: [sample(100, 10), sample(900, 30), sample(200, 20)] };
    expect(laneResult(measured)).toEqual({
      name: 'ours',
      sagas_per_s: 200,
      p50_ms: 5,
      p99_ms: 9,
      p99_over_p50: 1.8,
      cpu_us: 20,
      cpu: { coordinator: 20, database: 40, branches: 30, load: null },
      stolen: 0.02,
    });
  });

  it('does without processor times where there are none', () => {
    const measured: LaneSamples = { lane: ours, samples: [sample(1, null), sample(3, null)] };
    expect(laneResult(measured)).toMatchObject({ sagas_per_s: 2, cpu_us: null, stolen: null });
  });

  it('divides ours by the lanes that were run, and a filled store by an empty one', () => {
    const lanes = [ours, floor, history].map((lane, index) => ({ lane, samples: [sample(100 * (index + 1))] }));
    expect(ratiosOf(lanes)).toEqual({ ceiling: 0.5, history: 3 });
    expect(ratiosOf(lanes.slice(1))).toEqual({});
  });

  it('divides within each round, as the machine may be slower in the next', () => {
    const lanes: LaneSamples[] = [
      { lane: ours, samples: [sample(40), sample(90), sample(20)] },
      { lane: floor, samples: [sample(100), sample(180), sample(40)] },
    ];
    // The quotient of the medians would be 0.4.
    expect(ratiosOf(lanes)).toEqual({ ceiling: 0.5 });
  });

  it('divides branches behind a transport by those that are routes, by the name of the transport', () => {
    const lanes = [ours, transportLane(WIRES.nats), transportLane(WIRES.kafka)].map((lane, index) => ({
      lane,
      samples: [sample(100 / (index + 1))],
    }));
    expect(ratiosOf(lanes)).toEqual({ nats: 0.5, kafka: 0.333 });
  });

  it('compares slow with usual sagas round by round, where the load is half', () => {
    const rounds = [
      { p50Ms: 2, p99Ms: 4 },
      { p50Ms: 4, p99Ms: 20 },
      { p50Ms: 10, p99Ms: 30 },
    ];
    const lanes = [ours, half].map((lane) => ({ lane, samples: rounds.map((times) => ({ ...sample(1), ...times })) }));
    expect(ratiosOf(lanes)).toEqual({ p99_over_p50: 3 });
    expect(ratiosOf(lanes.slice(0, 1))).toEqual({});
  });

  it('compares slow sagas with those of a bare server at the same pace', () => {
    const lanes = [half, floorHalf].map((lane, index) => ({
      lane,
      samples: [{ ...sample(1), p99Ms: 12 / (index + 1) }],
    }));
    expect(ratiosOf(lanes)).toEqual({ p99_over_p50: 2.4, p99_over_floor: 2 });
  });

  it('sums up what went wrong over the rounds', () => {
    const failing = (count: number): Sample => ({ ...sample(1), problems: { '503 busy': count } });
    expect(problemsOf([{ lane: ours, samples: [failing(2), sample(1), failing(3)] }])).toEqual(['ours: 5 × 503 busy']);
  });
});
