import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { STORE_ENGINES } from '../support/store-engine';
import { payload } from '../support/fixture/transfer';
import { Flow } from './flow';

/** What SDKs of other languages really send (spec 2.2) must work. */
describe('a request as other SDKs send it', () => {
  describeEngines(STORE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let flow: Flow;

    beforeAll(async () => {
      flow = await Flow.start(cleanup, await engine.create(cleanup));
    });

    afterAll(() => cleanup.run());

    test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', ''])(
      'is accepted with the content type "%s"',
      async (contentType) => {
        const saga = flow.saga('content-type');
        const reply = await flow.api.postText('submit', JSON.stringify(saga.body({ wait_result: true })), contentType);
        expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
        expect(await saga.state()).toMatchObject({ status: 'succeed' });
      },
    );

    test('may hold null for whatever it does not set', async () => {
      const saga = flow.saga('nulls');
      const nulls = Object.fromEntries(
        [
          'query_prepared',
          'protocol',
          'custom_data',
          'rollback_reason',
          'timeout_to_fail',
          'request_timeout',
          'retry_limit',
        ]
          .concat(['retry_interval', 'branch_headers', 'concurrent', 'retry_count', 'req_extra', 'passthrough_headers'])
          .map((key) => [key, null]),
      );
      expect((await saga.submit({ ...nulls, wait_result: true })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
    });

    test('may hold keys that mean nothing, even those of the stored row', async () => {
      const saga = flow.saga('unknown-keys');
      const noise = { status: 'failed', owner: 'me', next_cron_time: 'never', subType: [], dtm: 'http://x', op: 'try' };
      expect((await saga.submit({ ...noise, wait_result: true })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed' });
    });

    test('may hold a key twice: the last one counts', async () => {
      const saga = flow.saga('twice');
      const text = JSON.stringify(saga.body({ wait_result: true })).replace('{', '{"trans_type":"tcc","gid":"other",');
      expect((await flow.api.postText('submit', text)).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed' });
    });

    test('may hold an array as an empty map, as PHP does', async () => {
      const saga = flow.saga('php');
      const body = {
        branch_headers: [],
        req_extra: [],
        custom_data: '{"concurrent":true,"orders":[[],[0]]}',
        wait_result: true,
      };
      expect((await saga.submit(body)).status).toBe(200);
      expect(saga.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });

    test('may hold text of any language, which reaches the service byte for byte', async () => {
      const saga = flow.saga('überweisung-送金-💸');
      const text = '{"amount": 30,  "to":"Зоя \\u00e9 é \\n 送金 💸"}';
      expect((await saga.submit({ payloads: [text, payload()], wait_result: true })).status).toBe(200);
      expect(saga.records[0]).toMatchObject({ body: text, method: 'POST' });
      expect(saga.records[0]?.query).toMatchObject({
        gid: saga.gid,
        branch_id: '01',
        op: 'action',
        trans_type: 'saga',
      });
    });

    test('may hold empty payloads: the branch is called with GET', async () => {
      const saga = flow.saga('empty-payload');
      expect((await saga.submit({ payloads: ['', ''], wait_result: true })).status).toBe(200);
      expect(saga.records.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['GET', '']));
    });

    test('may name branch URLs with queries of their own', async () => {
      const saga = flow.saga('own-query');
      const action = `${saga.step('OUT').action}?tenant=a%20b&op=mine`;
      const body = { steps: [{ action, compensate: '' }], payloads: [payload()], wait_result: true };
      expect((await saga.submit(body)).status).toBe(200);
      expect(saga.records[0]?.query).toMatchObject({ tenant: 'a b', gid: saga.gid, branch_id: '01' });
    });

    test('may name a hundred steps', async () => {
      const saga = flow.saga('hundred');
      const steps = Array.from({ length: 100 }, (_, index) => saga.step(`S${index + 1}`));
      expect((await saga.submit({ steps, payloads: steps.map(() => payload()), wait_result: true })).status).toBe(200);
      expect(saga.calls.slice(-2)).toEqual(['S99[99 action]', 'S100[100 action]']);
    });

    test('may name no step at all: there is nothing to do', async () => {
      const saga = flow.saga('no-steps');
      expect((await saga.submit({ steps: [], payloads: [], wait_result: true })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: '' });
    });
  });
});
