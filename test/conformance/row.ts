import type { StoreEngine } from '../support/store-engine';
import { hasXa } from '../support/participant/participants';
import type { RowContext } from './row-context';

/** One case of the catalogue. */
export interface Row {
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly title: string;
  readonly run: (context: RowContext) => Promise<void>;
  /** Absent: the row runs on every engine. */
  readonly needs?: RowNeeds;
}

/** What an engine, or the participants' database beside it, must offer for a row to make sense on it. */
export type RowNeeds = 'durable' | 'shared' | 'xa';

/** @returns whether the row makes sense on the engine. */
export function applies({ needs }: Row, engine: StoreEngine): boolean {
  if (needs === undefined) return true;
  return needs === 'xa' ? hasXa(engine) : engine[needs];
}
