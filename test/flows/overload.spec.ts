import { Cleanup } from '../support/cleanup';
import { until } from '../support/until';
import { Flow } from './flow';

describe('a coordinator with all places taken', () => {
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  test.concurrent(
    'lets a submit wait, answers 503 with Retry-After to those beyond, and stores nothing of them',
    async () => {
      const flow = await Flow.start(cleanup, { MAX_IN_FLIGHT: '1', ADMISSION_QUEUE: '1', ADMISSION_WAIT: '10' });
      let release: (answer: 'ok') => void = () => {};
      const held = new Promise<'ok'>((resolve) => (release = resolve));
      const [first, second, third] = [flow.saga('first'), flow.saga('second'), flow.saga('third')];
      first.answers({ OUT: () => held });
      await first.start();
      await flow.busi.received(first.gid, 1);

      const waiting = second.submit({ wait_result: true });
      // The second waits for its place as soon as a further one is turned away.
      const refused = await until('a submit is turned away', async () => {
        const reply = await third.submit();
        return reply.status !== 200 && reply;
      });
      expect(refused).toMatchObject({ status: 503, json: { code: 'DTX_OVERLOADED', message: expect.any(String) } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(refused.text).not.toMatch(/FAILURE|ONGOING/);
      expect(await flow.api.query(third.gid)).toEqual({ transaction: null, branches: [] });

      release('ok');
      expect((await waiting).status).toBe(200);
      expect(await first.ended()).toMatchObject({ status: 'succeed' });
      expect((await third.submit({ wait_result: true })).status).toBe(200);
    },
  );

  test.concurrent('turns a waiting submit away when no place becomes free in time', async () => {
    const flow = await Flow.start(cleanup, { MAX_IN_FLIGHT: '1', ADMISSION_QUEUE: '10', ADMISSION_WAIT: '1' });
    const first = flow.saga('first');
    first.answers({ OUT: 'hang' });
    await first.start({ request_timeout: 60 });
    await flow.busi.received(first.gid, 1);
    const late = flow.saga('late');
    expect(await late.submit()).toMatchObject({ status: 503, json: { code: 'DTX_OVERLOADED' } });
    expect(await flow.api.query(late.gid)).toEqual({ transaction: null, branches: [] });
  });
});
