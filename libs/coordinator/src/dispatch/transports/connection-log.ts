import type { Logger } from '@nestjs/common';

/** Tells of a connection when its state changes: one line, however many calls find out. */
export class ConnectionLog {
  private state: 'new' | 'up' | 'down' = 'new';

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
  ) {}

  up(): void {
    if (this.state !== 'up') this.logger.log(`connected to ${this.name}`);
    this.state = 'up';
  }

  down(reason: string): void {
    if (this.state !== 'down') {
      this.logger.warn(`no connection to ${this.name}, calls are retried: ${reason}`);
    }
    this.state = 'down';
  }
}
