import { freePort } from '../../support/free-port';
import type { DestinationAddresses } from './destinations';

/** One state of the tenth destination. */
export interface IsolationLane {
  readonly name: string;
  readonly what: string;
  /** @returns base URL of the tenth destination; `undefined` when it and its transactions are not there */
  dead(addresses: DestinationAddresses): Promise<string | undefined>;
}

/** What the others are compared with. */
export const WITHOUT = 'without';

export const ISOLATION_LANES: readonly IsolationLane[] = [
  {
    name: WITHOUT,
    what: 'nine destinations that answer, and only their transactions',
    dead: () => Promise.resolve(undefined),
  },
  {
    name: 'refused',
    what: 'the same, and a tenth of all transactions calls an address where nobody listens',
    dead: async () => `http://127.0.0.1:${await freePort()}`,
  },
  {
    name: 'silent',
    what: 'the same, and a tenth of all transactions calls a service that takes connections and never answers',
    dead: ({ silent }) => Promise.resolve(silent),
  },
];
