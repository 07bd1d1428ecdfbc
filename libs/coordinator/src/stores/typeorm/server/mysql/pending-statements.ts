import { roomOf } from './statement-size';

/** Statements that are sent together, in order. */
export class PendingStatements {
  private texts: string[] = [];
  private values: unknown[] = [];
  private bytes = 0;

  get isEmpty(): boolean {
    return this.texts.length === 0;
  }

  /**
   * @param bytes of the values of another statement
   * @param most bytes that the server takes at once
   */
  hasRoom(bytes: number, most: number): boolean {
    return this.isEmpty || this.bytes + bytes <= roomOf(most);
  }

  /** @param bytes of the values */
  add(text: string, values: readonly unknown[], bytes: number): void {
    this.texts.push(text);
    this.values.push(...values);
    this.bytes += text.length + bytes;
  }

  /** @returns all of them as one text with its values, and how many they are; nothing is left */
  take(): { readonly text: string; readonly values: readonly unknown[]; readonly count: number } {
    const taken = { text: this.texts.join(';\n'), values: this.values, count: this.texts.length };
    this.clear();
    return taken;
  }

  clear(): void {
    this.texts = [];
    this.values = [];
    this.bytes = 0;
  }
}
