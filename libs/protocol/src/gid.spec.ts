import { newGid } from './gid';
import { checkGid } from './parse/gid';

describe('newGid', () => {
  it('makes 22 characters of which no two look alike (spec 1.2)', () => {
    for (let i = 0; i < 200; i += 1) {
      const gid = newGid();
      expect(gid).toMatch(/^[2-9A-HJ-NP-Za-km-z]{22}$/);
      expect(checkGid(gid)).toBe(gid);
    }
  });

  it('never repeats itself', () => {
    expect(new Set(Array.from({ length: 1000 }, newGid)).size).toBe(1000);
  });
});
