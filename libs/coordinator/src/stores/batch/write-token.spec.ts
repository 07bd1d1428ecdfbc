import { insertWrite } from '../insert-write.spec-helper';
import type { ChangeWrite } from '../writes';
import { tokenOf } from './write-token';

describe('the mark that a write leaves', () => {
  test('is the owner of the lease that it takes', () => {
    expect(tokenOf(insertWrite('a', { lease: { owner: 'one/7', durationMs: 1 } }))).toBe('one/7');
  });

  test('is its own where it takes none, the same for every repetition', () => {
    const change: ChangeWrite = {
      kind: 'change',
      gid: 'a',
      from: 'prepared',
      to: 'aborting',
      patch: {},
      unheldOnly: false,
    };
    const writes = [insertWrite('a'), insertWrite('a'), change, { ...change }];
    const tokens = writes.map(tokenOf);
    expect(new Set(tokens).size).toBe(writes.length);
    expect(writes.map(tokenOf)).toEqual(tokens);
    expect(Math.max(...tokens.map(({ length }) => length))).toBeLessThanOrEqual(128);
  });
});
