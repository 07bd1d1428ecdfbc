import type { TransactionOptions, TransactionRequest } from '@nestjs-dtx/protocol';
import fc from 'fast-check';

/** A saga to simulate, and the choices of everything that is beyond its control. */
export interface SagaScenario {
  readonly request: TransactionRequest;
  /** For each step the steps that must have succeeded before it; the reference that the engine's reading is held against. */
  readonly predecessors: readonly (readonly number[])[];
  readonly tape: readonly number[];
}

interface Shape {
  readonly concurrent: boolean;
  /** Bit k of entry s: step s waits for step k, if k comes before s in `order`. */
  readonly edges: readonly number[];
  /** A permutation, so that orders do not always run from low to high numbers. */
  readonly order: readonly number[];
}

const MAX_STEPS = 6;

const options: fc.Arbitrary<TransactionOptions> = fc.record(
  {
    timeoutToFail: fc.integer({ min: 1, max: 60 }),
    retryInterval: fc.integer({ min: 1, max: 20 }),
    retryLimit: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

const shape: fc.Arbitrary<Shape> = fc.integer({ min: 1, max: MAX_STEPS }).chain((steps) => {
  const numbers = Array.from({ length: steps }, (_, step) => step);
  return fc.record({
    concurrent: fc.boolean(),
    edges: fc.oneof(
      fc.constant(numbers.map(() => 0)),
      fc.array(fc.nat(2 ** steps - 1), { minLength: steps, maxLength: steps }),
    ),
    order: fc.shuffledSubarray(numbers, { minLength: steps, maxLength: steps }),
  });
});

const url = (path: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(`http://busi/${path}`) }, { weight: 1, arbitrary: fc.constant('') });

/** Random sagas: sequential, concurrent, and along random orders without a circle. */
export const sagaScenario: fc.Arbitrary<SagaScenario> = fc
  .tuple(
    shape,
    options,
    fc.array(fc.nat(255), { maxLength: 150, size: 'max' }),
    fc.array(fc.tuple(url('do'), url('undo')), {
      minLength: MAX_STEPS,
      maxLength: MAX_STEPS,
    }),
  )
  .map(([given, chosen, tape, urls]) => {
    const orders = ordersOf(given);
    const steps = orders.map((_, step) => ({ action: urls[step]?.[0] ?? '', compensate: urls[step]?.[1] ?? '' }));
    return {
      request: {
        gid: 'trip-5',
        transType: 'saga',
        steps,
        payloads: steps.map(() => new Uint8Array(0)),
        queryPrepared: '',
        protocol: 'http',
        customData: customDataOf(given.concurrent, orders),
        rollbackReason: '',
        businessKey: '',
        options: chosen,
        reqExtra: {},
      },
      predecessors: orders.map((before, step) => (given.concurrent || step === 0 ? before : [...before, step - 1])),
      tape,
    };
  });

/** A sequential saga may have orders too; to leave it without a circle they follow the sequence. */
function ordersOf({ concurrent, edges, order }: Shape): number[][] {
  const rank = (step: number): number => (concurrent ? order.indexOf(step) : step);
  return edges.map((bits, step) => order.filter((before) => (bits >> before) & 1 && rank(before) < rank(step)));
}

function customDataOf(concurrent: boolean, orders: readonly (readonly number[])[]): string {
  const listed = Object.fromEntries(orders.flatMap((before, step) => (before.length > 0 ? [[step, before]] : [])));
  if (!concurrent && Object.keys(listed).length === 0) return '';
  return JSON.stringify({ concurrent, orders: listed });
}
