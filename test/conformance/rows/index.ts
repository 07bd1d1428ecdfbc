import type { Row } from '../row';
import { API_ROWS } from './api.rows';
import { OBSERVED_ROWS } from './observed.rows';
import { SAGA_CONCURRENT_ROWS } from './saga-concurrent.rows';
import { SAGA_OPTIONS_ROWS } from './saga-options.rows';
import { SAGA_PLAIN_ROWS } from './saga-plain.rows';
import { SAGA_WAITING_ROWS } from './saga-waiting.rows';
import { SHARED_STORE_ROWS } from './shared-store.rows';

/** All rows that are implemented, in the order of the catalogue. */
export const ROWS: readonly Row[] = [
  ...API_ROWS,
  ...SAGA_PLAIN_ROWS,
  ...SAGA_CONCURRENT_ROWS,
  ...SAGA_OPTIONS_ROWS,
  ...SAGA_WAITING_ROWS,
  ...OBSERVED_ROWS,
  ...SHARED_STORE_ROWS,
];
