import { Cleanup } from '../support/cleanup';
import { payload } from '../support/fixture/transfer';
import { freePort } from '../support/free-port';
import { until } from '../support/until';
import { Flow } from './flow';

const RESULT = (word: string): string => JSON.stringify({ dtm_result: word, message: 'as told' });

/** Design 5: what an answer of a branch means. Each saga has one step whose first answer is the one in question. */
describe('an answer of a branch', () => {
  const cleanup = new Cleanup();
  let flow: Flow;

  beforeAll(async () => {
    flow = await Flow.start(cleanup, { REQUEST_TIMEOUT: '1', RETRY_INTERVAL: '1' });
  });

  afterAll(() => cleanup.run());

  test.each([
    [200, RESULT('SUCCESS')],
    [200, ''],
    [200, '{"balance":1}'],
    [201, '{"id":7}'],
    [204, ''],
    [200, JSON.stringify({ dtm_result: 'SUCCESS', note: 'a FAILURE of another day' })],
  ])('%i %s is a success', async (status, body) => {
    expect(await firstAnswer({ status, body })).toEqual({ status: 'succeed', calls: ['OUT[01 action]'] });
  });

  test.each([
    [409, 'sold out'],
    [409, ''],
    [200, RESULT('FAILURE')],
    [500, RESULT('FAILURE')],
    [425, RESULT('FAILURE')],
    [200, 'FAILURE of an old service'],
  ])('%i %s is a refusal', async (status, body) => {
    const calls = ['OUT[01 action]', 'OUT.rev[01 compensate]'];
    expect(await firstAnswer({ status, body })).toEqual({ status: 'failed', calls });
  });

  test.each([
    [425, ''],
    [409, RESULT('ONGOING')],
    [200, RESULT('ONGOING')],
    [500, RESULT('ONGOING')],
    [200, 'ONGOING in an old service'],
    [500, RESULT('SUCCESS')],
    [202, ''],
    [302, ''],
    [400, 'bad request'],
    [404, 'not found'],
    [503, ''],
    [500, JSON.stringify({ dtm_result: '', message: 'no FAILURE, no ONGOING' })],
  ])('%i %s leaves the step open, to be asked again', async (status, body) => {
    const calls = ['OUT[01 action]', 'OUT[01 action]'];
    expect(await firstAnswer({ status, body })).toEqual({ status: 'succeed', calls });
  });

  test('that never comes ends with the time-out of the call, and the call is made again', async () => {
    const saga = flow.saga('hung');
    saga.answers({ OUT: '1:hang' });
    await saga.start();
    const [first] = await flow.busi.received(saga.gid, 1);
    const open = await until('the call times out', async () => {
      const state = await saga.state();
      return state.transaction.last_error !== undefined && state;
    });
    expect(open).toMatchObject({ status: 'submitted', transaction: { attempts: 1 } });
    expect(performance.now() - (first?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(990);
    expect(open.transaction.last_error).toMatch(/no answer within 1000 ms/);
    expect(await saga.ended()).toMatchObject({ status: 'succeed' });
  });

  test('that cannot be had, as nobody listens, leaves the step open', async () => {
    const saga = flow.saga('refused');
    const action = `http://127.0.0.1:${await freePort()}/nobody`;
    await saga.start({ steps: [{ action, compensate: '' }], payloads: [payload()] });
    const open = await until('the call fails', async () => {
      const state = await saga.state();
      return state.transaction.last_error !== undefined && state;
    });
    expect(open).toMatchObject({ status: 'submitted', rows: 'P P' });
    expect(open.transaction.last_error).toContain('ECONNREFUSED');
  });

  test('may be huge: it is neither kept nor does it disturb', async () => {
    const huge = JSON.stringify({ message: 'x'.repeat(5_000_000) });
    const calls = ['OUT[01 action]', 'OUT.rev[01 compensate]'];
    expect(await firstAnswer({ status: 409, body: huge })).toEqual({ status: 'failed', calls });
  });

  /** Runs a saga of one step whose first call is answered so, and every later one with success. */
  async function firstAnswer(answer: { status: number; body: string }) {
    const saga = flow.saga('answer');
    saga.answers({ OUT: (attempt) => (attempt === 1 ? answer : 'ok') });
    await saga.start({ steps: [saga.step('OUT')], payloads: [payload()] });
    const { status, reason } = await saga.ended();
    expect(reason.length).toBeLessThanOrEqual(4096);
    return { status, calls: saga.calls };
  }
});
