import { numbered } from './row-ids';

/** Every row that there is, so that none is forgotten. API-03a to e are one test. */
export const CATALOGUE: readonly string[] = [
  'API-01',
  ...['a', 'b', 'c'].map((part) => `API-02${part}`),
  ...numbered('API', 3, 15, [9]),
  ...numbered('RPC', 1, 6),
  ...numbered('TOP', 1, 13, [11]),
  ...numbered('MSG', 1, 11, [3, 7]),
  ...numbered('MSG', 20, 30, [25]),
  ...numbered('MSG', 40, 55, [45, 50]),
  ...numbered('MSG', 60, 61),
  ...numbered('MSG', 70, 72),
  ...numbered('SAGA', 1, 7, [4]),
  ...numbered('SAGA', 10, 14, [13]),
  ...numbered('SAGA', 20, 30, [27]),
  ...numbered('SAGA', 40, 50, [48]),
  ...numbered('SAGA', 60, 68, [66]),
  ...numbered('TCC', 1, 12, [3, 10]),
  ...numbered('TCC', 20, 27, [21]),
  ...numbered('TCC', 40, 45, [42]),
  ...numbered('XA', 1, 9, [2, 7]),
  ...numbered('XA', 20, 23, [21]),
  ...numbered('WF', 1, 9, [7]),
  ...numbered('WF', 20, 29, [24, 25]),
  ...numbered('ST', 1, 7, [2]),
  ...numbered('X', 1, 17, [5, 8, 14]),
];
