/** What a test started, ended in reverse order. One step that fails does not keep the others from running. */
export class Cleanup {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** @throws AggregateError of everything that could not be ended */
  async run(): Promise<void> {
    const problems: unknown[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        problems.push(error);
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, `clean-up: ${problems.map(String).join('; ')}`);
  }
}
