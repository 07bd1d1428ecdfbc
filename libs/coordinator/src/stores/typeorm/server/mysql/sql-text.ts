/** Part of a statement that the driver writes as it is, where a value stands otherwise. */
export class SqlText {
  constructor(readonly text: string) {}

  /** For the driver. */
  toSqlString(): string {
    return this.text;
  }
}
