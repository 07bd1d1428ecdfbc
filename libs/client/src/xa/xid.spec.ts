import { newGid } from '@nestjs-dtx/protocol';
import { branchOfXid, xidOf } from './xid';

describe('xidOf', () => {
  it('is what every SDK makes', () => {
    expect(xidOf({ gid: 'g-1', branchId: '01' }, 'mysql')).toBe('g-1-01');
  });

  it('fits generated gids and ten levels of branches', () => {
    expect(xidOf({ gid: newGid(), branchId: '01'.repeat(10) }, 'mysql')).toHaveLength(43);
  });

  it.each(["g'1", 'g"1', 'g\\1', 'g 1', 'g\n1', 'g;1', 'gé', ''])(
    'refuses %j, which cannot stand in a statement',
    (gid) => {
      expect(() => xidOf({ gid, branchId: '01' }, 'mysql')).toThrow(
        expect.objectContaining({ code: 'DTX_INVALID_REQUEST', field: 'gid' }),
      );
      expect(() => xidOf({ gid: 'g', branchId: gid }, 'mysql')).toThrow(
        expect.objectContaining({ field: 'branch_id' }),
      );
    },
  );

  it.each([
    ['mysql', 61],
    ['postgres', 196],
  ] as const)('refuses what is too long for %s', (dialect, most) => {
    expect(xidOf({ gid: 'g'.repeat(most), branchId: '01' }, dialect)).toHaveLength(most + 3);
    expect(() => xidOf({ gid: 'g'.repeat(most + 1), branchId: '01' }, dialect)).toThrow('must not be longer than');
  });
});

describe('branchOfXid', () => {
  it.each([
    ['g1-01', { gid: 'g1', branchId: '01' }],
    ['order-7-0102', { gid: 'order-7', branchId: '0102' }],
    ['a-01-02', { gid: 'a-01', branchId: '02' }],
  ])('reads %s', (xid, branch) => {
    expect(branchOfXid(xid)).toEqual(branch);
    expect(xidOf(branch, 'postgres')).toBe(xid);
  });

  it.each(['', '-01', 'g1', 'g1-1', 'g1-001', 'g1-0a', "g'1-01", '131077_RzE=_MDE='])(
    'knows %j for a stranger',
    (xid) => {
      expect(branchOfXid(xid)).toBeUndefined();
    },
  );
});
