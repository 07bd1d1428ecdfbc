/**
 * A tape of random numbers that a simulation spends on its choices. It reads 0 when it has run out, and 0 always stands
 * for the harmless choice: so every simulation ends well at last, and shrinking the tape takes the mishaps away one by one.
 */
export class ChoiceTape {
  private position = 0;

  constructor(private readonly values: readonly number[]) {}

  /** @returns one of the choices; the first one is the harmless one. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.next() % choices.length] ?? choices[0];
  }

  /** @returns true about once in `n` times, and never when the tape has run out. */
  oneIn(n: number): boolean {
    return this.next() % n === n - 1;
  }

  private next(): number {
    const value = this.values[this.position] ?? 0;
    this.position += 1;
    return value;
  }
}
