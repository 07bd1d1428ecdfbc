import { LATE, openLoop } from './open-loop';
import type { Operation } from './operation';

describe('an open loop', () => {
  it('keeps its pace while sagas take longer than their distance', async () => {
    const client: Operation = (done) => setTimeout(done, 20);
    const tally = await openLoop(Array<Operation>(50).fill(client), { perSecond: 200, seconds: 0.3 });
    expect(tally).toMatchObject({ finished: 60, problems: {} });
    expect(tally.p50Ms).toBeGreaterThanOrEqual(19);
  });

  it('counts the time that a saga waited for a client: those due during a standstill are slow too', async () => {
    let started = 0;
    const client: Operation = (done) => {
      started += 1;
      setTimeout(done, started === 1 ? 700 : 0);
    };
    const tally = await openLoop([client], { perSecond: 50, seconds: 1 });
    expect(tally.finished).toBeGreaterThan(40);
    // Only the first saga took so long, but most of the others came due meanwhile.
    expect(tally.p50Ms).toBeGreaterThanOrEqual(100);
    expect(tally.p99Ms).toBeGreaterThanOrEqual(699);
  });

  it('tells of sagas that were never sent, and does not make up for them', async () => {
    const client: Operation = (done) => setTimeout(done, 300);
    const tally = await openLoop([client], { perSecond: 100, seconds: 0.1 });
    expect(tally).toMatchObject({ finished: 1, sagasPerSecond: 0, problems: { [LATE]: 9 } });
  });

  it('counts what went wrong by its text, and uses the client again', async () => {
    const client: Operation = (done) => setImmediate(() => done('503 busy'));
    const tally = await openLoop([client, client, client], { perSecond: 50, seconds: 0.2 });
    expect(tally).toMatchObject({ finished: 0, problems: { '503 busy': 10 } });
  });
});
