import { literalOf } from './literals';

/**
 * Statements with their values written into them, as one text. The driver could do the same, but looks at every value and at
 * every character of the text in ways that cost more than all else about a batch.
 */
export class BatchText {
  private text = '';

  /** @param room for how many bytes there is room */
  constructor(private readonly room: number) {}

  /** @returns the statements; `undefined` if they are too large to be sent at once */
  get whole(): string | undefined {
    return this.isFull || Buffer.byteLength(this.text) > this.room ? undefined : this.text;
  }

  /** @param values for the question marks of the statement, in order: an array is a list, one of arrays is rows */
  add(statement: string, values: readonly unknown[] = []): void {
    const [head = '', ...rest] = statement.split('?');
    this.text += this.text === '' ? head : `;\n${head}`;
    rest.forEach((part, index) => {
      this.addValue(values[index]);
      this.text += part;
    });
  }

  private addValue(value: unknown): void {
    if (Array.isArray(value)) this.addList(value);
    else this.text += literalOf(value);
  }

  private addList(values: readonly unknown[]): void {
    for (let index = 0; index < values.length && !this.isFull; index += 1) {
      const value = values[index];
      if (index > 0) this.text += ',';
      if (Array.isArray(value)) this.addRow(value);
      else this.text += literalOf(value);
    }
  }

  private addRow(values: readonly unknown[]): void {
    let row = '(';
    for (let index = 0; index < values.length; index += 1) row += (index > 0 ? ',' : '') + literalOf(values[index]);
    this.text += `${row})`;
  }

  /** Nothing is to be gained by writing on; and no text is so long that it could hold everything that a batch may. */
  private get isFull(): boolean {
    return this.text.length > this.room;
  }
}
