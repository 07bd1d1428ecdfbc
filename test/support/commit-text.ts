/** Both engines are told so in plain text; the name of an isolation level is none. */
const COMMIT = /COMMIT(?!TED)/;

/**
 * A batch that is sent as a whole has its commit in it. PostgreSQL takes it for one implicit transaction, which is known by the
 * values of its first statement.
 */
const WHOLE = /START TRANSACTION[^]*COMMIT|dtx_foreseen_HOLD\0\0/;

/** Which commits are meant. */
export interface CommitChoice {
  /** Only that of a batch that has looked at its rows, and so holds their locks, before it writes. */
  readonly looked?: boolean;
}

/** @returns whether what a client sends to its server ends such a database transaction */
export function endsTransaction(sent: string, { looked = false }: CommitChoice = {}): boolean {
  return looked ? COMMIT.test(sent) && !WHOLE.test(sent) : COMMIT.test(sent) || WHOLE.test(sent);
}
