import { Gate } from '@nestjs-dtx/testing';
import { failure } from '../client-fixture.spec-helper';
import { BranchScope } from './branch-scope';

const id = async (branchId: string): Promise<string> => branchId;

describe('BranchScope', () => {
  it.each([
    ['', ['01', '02', '03']],
    ['0102', ['010201', '010202', '010203']],
  ])('numbers branches below "%s" in the order of their start', async (parent, ids) => {
    const scope = new BranchScope('g1', parent);
    const slow = new Gate();
    const first = scope.branch(async (branchId) => {
      await slow.pass();
      return branchId;
    });
    const others = await Promise.all([scope.branch(id), scope.branch(id)]);
    slow.open();
    expect([await first, ...others]).toEqual(ids);
  });

  it('has 99 numbers', async () => {
    const scope = new BranchScope('g1');
    for (let branch = 1; branch <= 99; branch += 1) await scope.branch(id);
    expect(await failure(scope.branch(id))).toMatchObject({
      code: 'DTX_BRANCH_ID_EXHAUSTED',
      message: 'branch id is larger than 99',
    });
  });

  it('has ten levels', async () => {
    expect(await new BranchScope('g1', '01'.repeat(9)).branch(id)).toBe('01'.repeat(10));
    expect(await failure(new BranchScope('g1', '01'.repeat(10)).branch(id))).toMatchObject({
      message: 'total branch id is longer than 20',
    });
  });

  it('waits for branches that the work did not wait for', async () => {
    const scope = new BranchScope('g1');
    const slow = new Gate();
    let over = false;
    const whole = scope.around(async () => {
      void scope.branch(() => slow.pass());
      return 'done';
    });
    void whole.then(() => (over = true));
    await new Promise(setImmediate);
    expect(over).toBe(false);
    slow.open();
    expect(await whole).toBe('done');
  });

  it('waits for them as well when the work fails, and throws its error', async () => {
    const scope = new BranchScope('g1');
    const slow = new Gate();
    let ended = false;
    const whole = scope.around(async () => {
      void scope.branch(async () => {
        await slow.pass();
        ended = true;
        throw new Error('of the branch');
      });
      throw new Error('of the work');
    });
    slow.open();
    expect(await failure(whole)).toMatchObject({ message: 'of the work' });
    expect(ended).toBe(true);
  });

  it('throws the error of a branch that the work has caught, or has never looked at', async () => {
    const refused = (): Promise<never> => Promise.reject(new Error('refused'));
    for (const handled of [true, false]) {
      const scope = new BranchScope('g1');
      const whole = scope.around(async () => {
        const branch = scope.branch(refused);
        if (handled) await failure(branch);
      });
      expect(await failure(whole)).toMatchObject({ message: 'refused' });
    }
  });

  it('refuses branches that begin when the work is over, and does not let the transaction pass without them', async () => {
    const scope = new BranchScope('g1');
    const slow = new Gate();
    let late: Promise<unknown> | undefined;
    const whole = scope.around(async () => {
      void scope.branch(() => slow.pass()).then(() => (late = failure(scope.branch(id))));
    });
    slow.open();
    expect(await failure(whole)).toMatchObject({ code: 'DTX_INVALID_REQUEST' });
    expect(await late).toMatchObject({ message: expect.stringContaining('await every branch') as string });
  });
});
