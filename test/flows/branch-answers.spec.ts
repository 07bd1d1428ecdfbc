import { Cleanup } from '../support/cleanup';
import { payload } from '../support/fixture/transfer';
import { freePort } from '../support/free-port';
import { until } from '../support/until';
import { Flow } from './flow';

/** What a branch answers to its first call, and what that means. Every later call is answered with success. */
interface AnswerCase {
  readonly status: number;
  readonly body: string;
  readonly end: { readonly status: string; readonly calls: readonly string[] };
}

const [ACTION, UNDO] = ['OUT[01 action]', 'OUT.rev[01 compensate]'];
const SUCCESS = { status: 'succeed', calls: [ACTION] };
const REFUSAL = { status: 'failed', calls: [ACTION, UNDO] };
const ASKED_AGAIN = { status: 'succeed', calls: [ACTION, ACTION] };

const result = (word: string): string => JSON.stringify({ dtm_result: word, message: 'as told' });

const CASES: readonly AnswerCase[] = [
  { status: 200, body: result('SUCCESS'), end: SUCCESS },
  { status: 200, body: '', end: SUCCESS },
  { status: 200, body: '{"balance":1}', end: SUCCESS },
  { status: 201, body: '{"id":7}', end: SUCCESS },
  { status: 204, body: '', end: SUCCESS },
  { status: 200, body: '{"dtm_result":"SUCCESS","note":"a FAILURE of another day"}', end: SUCCESS },

  { status: 409, body: 'sold out', end: REFUSAL },
  { status: 409, body: '', end: REFUSAL },
  { status: 200, body: result('FAILURE'), end: REFUSAL },
  { status: 500, body: result('FAILURE'), end: REFUSAL },
  { status: 425, body: result('FAILURE'), end: REFUSAL },
  { status: 200, body: 'FAILURE of an old service', end: REFUSAL },

  { status: 425, body: '', end: ASKED_AGAIN },
  { status: 409, body: result('ONGOING'), end: ASKED_AGAIN },
  { status: 200, body: result('ONGOING'), end: ASKED_AGAIN },
  { status: 500, body: result('ONGOING'), end: ASKED_AGAIN },
  { status: 200, body: 'ONGOING in an old service', end: ASKED_AGAIN },
  { status: 500, body: result('SUCCESS'), end: ASKED_AGAIN },
  { status: 202, body: '', end: ASKED_AGAIN },
  { status: 302, body: '', end: ASKED_AGAIN },
  { status: 400, body: 'bad request', end: ASKED_AGAIN },
  { status: 404, body: 'not found', end: ASKED_AGAIN },
  { status: 503, body: '', end: ASKED_AGAIN },
  { status: 500, body: '{"dtm_result":"","message":"no FAILURE, no ONGOING"}', end: ASKED_AGAIN },
];

/** Design 5, against a running coordinator. */
describe('an answer of a branch', () => {
  const cleanup = new Cleanup();
  const ends = new Map<AnswerCase, AnswerCase['end']>();
  let flow: Flow;

  beforeAll(async () => {
    flow = await Flow.start(cleanup, { REQUEST_TIMEOUT: '1', RETRY_INTERVAL: '1' });
    await Promise.all(CASES.map(async (answer) => ends.set(answer, await firstAnswer(answer))));
  });

  afterAll(() => cleanup.run());

  test.each(CASES)('of $status and "$body" ends as $end.status after $end.calls', (answer) => {
    expect(ends.get(answer)).toEqual(answer.end);
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
    expect(performance.now() - (first?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(950);
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

  test('may be huge: its beginning is kept as the reason', async () => {
    const saga = flow.saga('huge');
    saga.answers({ OUT: () => ({ status: 409, body: `no stock ${'x'.repeat(5_000_000)}` }) });
    const reply = await saga.submit({ wait_result: true });
    expect(reply.status).toBe(409);
    const { status, reason } = await saga.state();
    expect(status).toBe('failed');
    expect(reason).toContain('no stock');
    expect(reason.length).toBeLessThanOrEqual(4096);
  });

  async function firstAnswer({ status, body }: AnswerCase): Promise<AnswerCase['end']> {
    const saga = flow.saga('answer');
    saga.answers({ OUT: (attempt) => (attempt === 1 ? { status, body } : 'ok') });
    await saga.start({ steps: [saga.step('OUT')], payloads: [payload()] });
    const end = await saga.ended();
    return { status: end.status, calls: saga.calls };
  }
});
