import { EXPECTATIONS, type Expectation, type Mode, type Outcome } from './cases';
import { SDKS, type Protocol, type Sdk } from './sdks';

/** One mode of one SDK over one protocol: a row of the report. */
export interface Row {
  readonly sdk: Sdk;
  readonly protocol: Protocol;
  readonly mode: Mode;
}

/** One transfer. */
export interface Case extends Row {
  readonly outcome: Outcome;
  readonly expectation: Expectation;
}

export function rowsOf(sdk: Sdk): Row[] {
  return (Object.entries(sdk.modes) as [Protocol, readonly Mode[]][]).flatMap(([protocol, modes]) =>
    modes.map((mode) => ({ sdk, protocol, mode })),
  );
}

export function casesOf(row: Row): Case[] {
  const expectations = Object.entries(EXPECTATIONS[row.mode]) as [Outcome, Expectation][];
  return expectations.map(([outcome, expectation]) => ({ ...row, outcome, expectation }));
}

/** Everything that a complete run proves. */
export const ROWS: readonly Row[] = SDKS.flatMap(rowsOf);
