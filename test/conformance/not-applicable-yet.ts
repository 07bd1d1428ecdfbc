/** Rows of the catalogue that nothing can pass yet, with what is missing. They never count as passed. */
export interface NotApplicable {
  readonly reason: string;
  readonly ids: readonly string[];
}

export const NOT_APPLICABLE_YET: readonly NotApplicable[] = [
  { reason: 'topics and 2-phase messages are not built', ids: ['API-02a'] },
  { reason: 'the interface to the kv table is not built', ids: ['API-04', 'API-05'] },
  { reason: 'metrics are not built', ids: ['API-06'] },
  { reason: 'needs tcc transactions that time out', ids: ['API-07', 'ST-01', 'ST-04'] },
  { reason: 'tests of the reference itself, nothing to see from outside', ids: ['API-13', 'API-14', 'ST-05'] },
  { reason: 'asynchronous branch updates are refused by design', ids: ['API-15'] },
  { reason: 'JSON-RPC is not built', ids: [...numbered('RPC', 1, 6), 'X-09', 'X-10'] },
  { reason: 'topics are not built', ids: [...numbered('TOP', 1, 10), 'TOP-12', 'TOP-13'] },
  {
    reason: '2-phase messages are not built',
    ids: numbered('MSG', 1, 72, [
      3,
      7,
      ...range(12, 19),
      25,
      ...range(31, 39),
      45,
      50,
      ...range(56, 59),
      ...range(62, 69),
    ]),
  },
  { reason: 'gRPC is not built', ids: numbered('SAGA', 40, 50, [48]) },
  { reason: 'needs MySQL, Redis or Mongo behind the services', ids: numbered('SAGA', 60, 68, [66]) },
  {
    reason: 'tcc is not built',
    ids: [...numbered('TCC', 1, 12, [3, 10]), ...numbered('TCC', 20, 27, [21]), ...numbered('TCC', 40, 45, [42])],
  },
  { reason: 'xa is not built', ids: [...numbered('XA', 1, 9, [2, 7]), 'XA-20', 'XA-22', 'XA-23'] },
  {
    reason: 'workflow is not built',
    ids: [...numbered('WF', 1, 9, [7]), ...numbered('WF', 20, 29, [24, 25]), 'X-11'],
  },
  { reason: 'a case for the barrier of a client, tested in libs/client', ids: ['ST-07'] },
  { reason: 'gRPC services are not called yet', ids: ['X-15'] },
];

function numbered(prefix: string, from: number, to: number, missing: readonly number[] = []): string[] {
  return range(from, to)
    .filter((number) => !missing.includes(number))
    .map((number) => `${prefix}-${String(number).padStart(2, '0')}`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
