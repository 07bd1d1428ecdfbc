import { roomOf, sizeOf } from './statement-size';

/** Statements that are sent together, in order. */
export class PendingStatements {
  private texts: string[] = [];
  private values: unknown[] = [];
  private bytes = 0;

  get isEmpty(): boolean {
    return this.texts.length === 0;
  }

  /** @returns whether another statement with these values fits into what the server takes at once */
  hasRoom(values: readonly unknown[], most: number): boolean {
    return this.isEmpty || this.bytes + sizeOf(values.flat(2)) <= roomOf(most);
  }

  add(text: string, values: readonly unknown[]): void {
    this.texts.push(text);
    this.values.push(...values);
    this.bytes += text.length + sizeOf(values.flat(2));
  }

  /** @returns all of them as one text with its values; nothing is left */
  take(): { readonly text: string; readonly values: readonly unknown[] } {
    const taken = { text: this.texts.join(';\n'), values: this.values };
    this.clear();
    return taken;
  }

  clear(): void {
    this.texts = [];
    this.values = [];
    this.bytes = 0;
  }
}
