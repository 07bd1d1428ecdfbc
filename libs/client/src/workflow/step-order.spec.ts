import { compareBranches } from './step-order';

describe('the order of branches', () => {
  it.each([
    ['01', '01', 'same'],
    ['01', '02', 'after'],
    ['03', '02', 'before'],
    // wf.all at 02
    ['01', '020101', 'after'],
    ['03', '020101', 'before'],
    ['020101', '03', 'after'],
    ['020101', '020102', 'after'],
    ['020102', '020101', 'before'],
    ['020101', '020201', 'beside'],
    ['020109', '020201', 'beside'],
    // a wf.all inside of it
    ['020101', '0201020101', 'after'],
    ['0201020101', '0201020201', 'beside'],
    ['0201020105', '020201', 'beside'],
    // a step where there was a wf.all, and the other way round
    ['02', '020101', 'instead'],
    ['020101', '02', 'instead'],
  ])('%s, then %s: %s', (first, second, order) => {
    expect(compareBranches(first, second)).toBe(order);
  });
});
