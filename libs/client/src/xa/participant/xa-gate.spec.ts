import { Gate } from '@nestjs-dtx/testing';
import { XaGate } from './xa-gate';

const NOTHING_PREPARED = () => Promise.resolve(false);

/** Work that goes on until it is told to end. */
function work(log: string[], name: string) {
  const end = new Gate();
  const run = async (): Promise<void> => {
    log.push(`${name} begins`);
    await end.pass();
    log.push(`${name} ends`);
  };
  return { run, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the gate in front of a database', () => {
  it('lets so many in, and the next ones in their order as places become free', async () => {
    const gate = new XaGate({ atOnce: 2, patienceMs: 60_000 });
    const log: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => work(log, name));
    const all = works.map(({ run }) => gate.pass(run, NOTHING_PREPARED));
    await settled();
    expect(log).toEqual(['a begins', 'b begins']);
    works[1]?.end.open();
    await settled();
    expect(log).toEqual(['a begins', 'b begins', 'b ends', 'c begins']);
    for (const { end } of works) end.open();
    await Promise.all(all);
    expect(log.slice(4).toSorted()).toEqual(['a ends', 'c ends', 'd begins', 'd ends']);
  });

  it('lets a transaction pass by that has come further', async () => {
    const gate = new XaGate({ atOnce: 1, patienceMs: 60_000 });
    const log: string[] = [];
    const [first, waiting, further] = [work(log, 'first'), work(log, 'waiting'), work(log, 'further')];
    const all = [gate.pass(first.run, NOTHING_PREPARED), gate.pass(waiting.run, NOTHING_PREPARED)];
    all.push(gate.pass(further.run, () => Promise.resolve(true)));
    await settled();
    expect(log).toEqual(['first begins', 'further begins']);
    for (const { end } of [further, first, waiting]) end.open();
    await Promise.all(all);
  });

  it('sends those away whose turn does not come, undone, and has room again after work that failed', async () => {
    const gate = new XaGate({ atOnce: 1, patienceMs: 1 });
    const failing = work([], 'failing');
    const first = gate.pass(async () => {
      await failing.run();
      throw new Error('no money');
    }, NOTHING_PREPARED);
    const late = jest.fn(() => Promise.resolve('done'));
    await expect(gate.pass(late, NOTHING_PREPARED)).rejects.toMatchObject({
      code: 'DTX_ONGOING',
      message: '1 xa branches are at work here, and none ended in time: try again later',
    });
    expect(late).not.toHaveBeenCalled();
    failing.end.open();
    await expect(first).rejects.toThrow('no money');
    expect(await gate.pass(late, NOTHING_PREPARED)).toBe('done');
  });

  it('takes nobody in twice into one place', async () => {
    const gate = new XaGate({ atOnce: 3, patienceMs: 60_000 });
    let [atWork, most] = [0, 0];
    const each = async (): Promise<void> => {
      atWork += 1;
      most = Math.max(most, atWork);
      await settled();
      atWork -= 1;
    };
    await Promise.all(Array.from({ length: 50 }, () => gate.pass(each, NOTHING_PREPARED)));
    expect([atWork, most]).toEqual([0, 3]);
  });
});
