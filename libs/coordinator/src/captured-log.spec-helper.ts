import { Logger, type LoggerService } from '@nestjs/common';

/** What was logged during a test, instead of on the console: `level message`. */
export class CapturedLog implements LoggerService {
  readonly lines: string[] = [];

  /** Takes the place of the real log. @see restore */
  static start(): CapturedLog {
    const captured = new CapturedLog();
    Logger.overrideLogger(captured);
    return captured;
  }

  log(message: unknown): void {
    this.lines.push(`info ${String(message)}`);
  }

  debug(message: unknown): void {
    this.lines.push(`debug ${String(message)}`);
  }

  warn(message: unknown): void {
    this.lines.push(`warn ${String(message)}`);
  }

  error(message: unknown): void {
    this.lines.push(`error ${String(message)}`);
  }

  /** @returns the lines of one level or more severe than debug. */
  of(level: 'info' | 'warn' | 'error' | 'debug'): string[] {
    return this.lines.filter((line) => line.startsWith(`${level} `));
  }

  restore(): void {
    Logger.overrideLogger(true);
  }
}
