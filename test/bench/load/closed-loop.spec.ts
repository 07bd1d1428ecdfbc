import { closedLoop } from './closed-loop';
import type { Operation } from './operation';

describe('a closed loop', () => {
  it('never has more sagas under way than clients, and lets those under way finish', async () => {
    let [started, ended, most] = [0, 0, 0];
    const client: Operation = (done) => {
      started += 1;
      most = Math.max(most, started - ended);
      setImmediate(() => {
        ended += 1;
        done();
      });
    };
    const tally = await closedLoop([client, client, client], 0.05);
    expect(most).toBe(3);
    expect(tally.finished).toBe(started);
    expect(ended).toBe(started);
    expect(tally.sagasPerSecond).toBeLessThanOrEqual(tally.finished / 0.05);
    expect(tally.sagasPerSecond).toBeGreaterThan(0);
  });

  it('counts what went wrong by its text, and not as finished', async () => {
    const client: Operation = (done) => setImmediate(() => done('503 busy'));
    const tally = await closedLoop([client], 0.05);
    expect(tally).toMatchObject({ finished: 0, sagasPerSecond: 0, p50Ms: 0 });
    expect(tally.problems['503 busy']).toBeGreaterThan(0);
  });
});
