import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { graphOf, hasCycle, sequentialGraph, type StepGraph } from './graph';

const FIELD = 'custom_data';

/**
 * Reads the order of a saga's steps from its custom data (spec 5.1): `{"concurrent":bool,"orders":{"<step>":[<step>…]}}`.
 * Without it, and unless `concurrent` is set, every step also waits for the one before it.
 *
 * @throws InvalidRequestError when it is no such JSON, names a step that does not exist, or has a cycle
 */
export function sagaGraph(customData: string, steps: number): StepGraph {
  if (customData === '') return sequentialGraph(steps);
  const { concurrent, orders } = parseCustomData(customData);
  if (!concurrent && orders.length === 0) return sequentialGraph(steps);
  const predecessors: number[][] = Array.from({ length: steps }, (_, step) =>
    concurrent || step === 0 ? [] : [step - 1],
  );
  for (const [step, before] of orders) {
    const list = predecessors[step];
    if (!list || before.some((other) => predecessors[other] === undefined)) {
      throw new InvalidRequestError(FIELD, `has orders for a step that does not exist; there are ${steps} steps`);
    }
    list.push(...before);
  }
  const graph = graphOf(predecessors);
  if (hasCycle(graph))
    throw new InvalidRequestError(FIELD, 'has orders in which steps wait for each other in a circle');
  return graph;
}

function parseCustomData(text: string): { concurrent: boolean; orders: [number, number[]][] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidRequestError(FIELD, 'must be JSON text', { cause });
  }
  if (parsed === null) return { concurrent: false, orders: [] };
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new InvalidRequestError(FIELD, 'must hold a JSON object');
  }
  const { concurrent, orders } = parsed as { concurrent?: unknown; orders?: unknown };
  if (concurrent !== undefined && concurrent !== null && typeof concurrent !== 'boolean') {
    throw new InvalidRequestError(FIELD, 'must have true or false as concurrent');
  }
  return { concurrent: concurrent ?? false, orders: parseOrders(orders) };
}

/** An object with step numbers as keys, or the array into which PHP turns a list-like map (spec 13). */
function parseOrders(orders: unknown): [number, number[]][] {
  if (orders === undefined || orders === null) return [];
  if (typeof orders !== 'object') throw new InvalidRequestError(FIELD, 'must have an object as orders');
  return Object.entries(orders)
    .filter(([, before]) => before !== null)
    .map(([key, before]) => [stepNumber(key), stepNumbers(before)]);
}

function stepNumber(key: string): number {
  if (!/^\d{1,9}$/.test(key)) throw new InvalidRequestError(FIELD, 'must have step numbers as keys of orders');
  return Number(key);
}

function stepNumbers(list: unknown): number[] {
  if (!Array.isArray(list) || !list.every((entry) => Number.isInteger(entry))) {
    throw new InvalidRequestError(FIELD, 'must have arrays of step numbers in orders');
  }
  return list as number[];
}
