/**
 * Starts tasks in order, at most so many at a time.
 *
 * @returns one promise per task, settled as its task is; all are handled, so a rejection may be looked at later
 */
export function limited<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<T>[] {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return tasks.map((task) => {
    const result = turn().then(task);
    result.then(next, next);
    return result;
  });

  function turn(): Promise<void> {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
    return Promise.resolve();
  }

  function next(): void {
    const first = waiting.shift();
    if (first) first();
    else free += 1;
  }
}
