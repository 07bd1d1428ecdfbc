import type { IsolationSamples } from './isolation';
import { ISOLATION_LANES } from './lanes';
import { isolationResult, isolationTable } from './result';

describe('the result of the isolation bench', () => {
  const rates = [
    [1000, 900, 2000],
    [990, 950, 100],
    [800, 700, 900],
  ];
  const measured = ISOLATION_LANES.map((lane, index): IsolationSamples => ({ lane, rates: rates[index]! }));

  it('compares the worst kind of death with none', () => {
    expect(isolationResult(measured)).toEqual({
      lanes: [
        { name: 'without', transactions_per_s: 1000 },
        { name: 'refused', transactions_per_s: 950 },
        { name: 'silent', transactions_per_s: 800 },
      ],
      ratios: { isolation: 0.8 },
    });
  });

  it('shows medians and spread', () => {
    const table = isolationTable(measured, isolationResult(measured));
    expect(table.split('\n').slice(0, 2)).toEqual([
      'lane     transactions/s  lowest–highest',
      'without            1000        900–2000',
    ]);
    expect(table).toContain('ratios: isolation 0.8\n');
  });
});
