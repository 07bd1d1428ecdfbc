import type { IsolationSamples } from './isolation';
import { ISOLATION_LANES } from './lanes';
import { isolationResult, isolationTable } from './result';

describe('the result of the isolation bench', () => {
  const rates = [
    [1000, 900, 2000],
    [990, 950, 100],
    [800, 700, 900],
  ];
  const measured = ISOLATION_LANES.map((lane, index): IsolationSamples => {
    const samples = rates[index]!.map((rate) => ({
      transactionsPerSecond: rate,
      cpu: { coordinator: 100_000 / rate, database: null },
    }));
    return { lane, samples };
  });

  it('compares the worst kind of death with none', () => {
    expect(isolationResult(measured)).toEqual({
      lanes: [
        { name: 'without', transactions_per_s: 1000, cpu: { coordinator: 100, database: null } },
        { name: 'refused', transactions_per_s: 950, cpu: { coordinator: 105, database: null } },
        { name: 'silent', transactions_per_s: 800, cpu: { coordinator: 125, database: null } },
      ],
      ratios: { isolation: 0.8 },
    });
  });

  it('shows medians and spread', () => {
    const table = isolationTable(measured, isolationResult(measured));
    expect(table.split('\n').slice(0, 2)).toEqual([
      'lane     transactions/s  lowest–highest  coordinator  database',
      'without            1000        900–2000          100         –',
    ]);
    expect(table).toContain('ratios: isolation 0.8\n');
  });
});
