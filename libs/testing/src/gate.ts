/** Holds up whoever comes to it until the test opens it: the way to look at a system in the middle of something. */
export class Gate {
  private release: () => void = () => {};
  private readonly opened = new Promise<void>((resolve) => (this.release = resolve));

  /** Resolves when the gate is open. */
  pass(): Promise<void> {
    return this.opened;
  }

  /** Lets everybody through from now on. */
  open(): void {
    this.release();
  }
}
