import { BranchMetrics } from './branch-metrics';

/** @returns the counts that are not 0 */
function counts(metrics: BranchMetrics): Record<string, number> {
  const samples = metrics.metrics.flatMap((metric) => metric.samples()).filter(({ value }) => value > 0);
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

describe('the counters of branch calls', () => {
  test('tell type, branch, operation and result apart', () => {
    const metrics = new BranchMetrics();
    metrics.called('saga', { branchId: '01', op: 'action' }, true);
    metrics.called('saga', { branchId: '01', op: 'action' }, true);
    metrics.called('saga', { branchId: '01', op: 'action' }, false);
    metrics.called('saga', { branchId: '02', op: 'compensate' }, true);
    metrics.called('tcc', { branchId: '01', op: 'confirm' }, true);
    expect(counts(metrics)).toEqual({
      'saga 01 action ok': 2,
      'saga 01 action fail': 1,
      'saga 02 compensate ok': 1,
      'tcc 01 confirm ok': 1,
    });
  });

  test.each([
    ['00', '00'],
    ['09', '09'],
    ['20', '20'],
    ['21', 'other'],
    ['99', 'other'],
    ['0101', 'other'],
    ['01-02', 'other'],
    ['100', 'other'],
    ['1', 'other'],
    ['1a', 'other'],
    ['/0', 'other'],
    [':0', 'other'],
    ['', 'other'],
  ])('count the branch %j as %s', (branchId, label) => {
    const metrics = new BranchMetrics();
    metrics.called('msg', { branchId, op: 'action' }, true);
    expect(counts(metrics)).toEqual({ [`msg ${label} action ok`]: 1 });
  });

  test('do not grow with the names that clients make up', () => {
    const metrics = new BranchMetrics();
    for (let index = 0; index < 1000; index += 1) {
      metrics.called('workflow', { branchId: `branch-${index}`, op: `workflow-${index}` }, true);
    }
    metrics.called('workflow', { branchId: '01', op: 'constructor' }, false);
    expect(counts(metrics)).toEqual({ 'workflow other other ok': 1000, 'workflow 01 other fail': 1 });
  });

  test('name only what has been called', () => {
    const metrics = new BranchMetrics();
    metrics.called('saga', { branchId: '01', op: 'action' }, true);
    expect(metrics.metrics.flatMap((metric) => metric.samples())).toHaveLength(2);
  });
});
