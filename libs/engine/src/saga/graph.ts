/** Which steps wait for which: forward along `predecessors`, backward along `dependents`. Positions are zero-based. */
export interface StepGraph {
  readonly predecessors: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}

/** Sequential graphs by number of steps: every plain saga of that length shares one. */
const sequential: StepGraph[] = [];

/** Each step waits for the one before it. */
export function sequentialGraph(steps: number): StepGraph {
  return (sequential[steps] ??= graphOf(Array.from({ length: steps }, (_, step) => (step === 0 ? [] : [step - 1]))));
}

/** @param predecessors for each step the steps that must succeed before it */
export function graphOf(predecessors: readonly (readonly number[])[]): StepGraph {
  const dependents: number[][] = predecessors.map(() => []);
  predecessors.forEach((list, step) => list.forEach((before) => dependents[before]?.push(step)));
  return { predecessors, dependents };
}

/** @returns whether some steps wait for each other in a circle: such a saga could never end. */
export function hasCycle(graph: StepGraph): boolean {
  const waiting = graph.predecessors.map((list) => list.length);
  const ready = waiting.flatMap((count, step) => (count === 0 ? [step] : []));
  let done = 0;
  for (let step = ready.pop(); step !== undefined; step = ready.pop()) {
    done += 1;
    for (const next of graph.dependents[step] ?? []) {
      waiting[next] = (waiting[next] ?? 0) - 1;
      if (waiting[next] === 0) ready.push(next);
    }
  }
  return done < waiting.length;
}
