let waiting: (() => void)[] = [];

/**
 * Runs something when all that has already arrived in this turn of the event loop has been looked at. All calls of one turn
 * share an immediate.
 */
export function atEndOfTurn(call: () => void): void {
  waiting.push(call);
  if (waiting.length === 1) setImmediate(runAll);
}

function runAll(): void {
  const calls = waiting;
  waiting = [];
  for (const call of calls) call();
}
