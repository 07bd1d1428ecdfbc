import { startCoordinator } from '../support/coordinator';
import { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { endpoint, transferSaga } from '../support/fixture/transfer';
import type { SagaCase } from '../support/saga-case';
import { SHARED_ENGINES, STORE_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Flow } from './flow';

describe('on_complete', () => {
  describeEngines(STORE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let flow: Flow;

    beforeAll(async () => {
      flow = await Flow.start(cleanup, await engine.create(cleanup));
    });

    afterAll(() => cleanup.run());

    const options = (more: object = {}) => ({ on_complete: endpoint(flow.busi, 'DONE'), retry_interval: 1, ...more });
    const notices = (saga: SagaCase): Record<string, unknown>[] =>
      saga.records
        .filter(({ op }) => op === 'on_complete')
        .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

    /** Waits until nobody is owed anything. */
    const told = (saga: SagaCase) =>
      until(`${saga.gid} is told`, async () => {
        const { transaction } = await saga.ended();
        return transaction.next_cron_time === undefined && transaction;
      });

    test('tells of a success with what the client called it, and of a rollback with its reason', async () => {
      const [good, bad] = [flow.saga('good'), flow.saga('bad')];
      bad.answers({ IN: 'fail' }, 'no stock');
      await Promise.all([good.start(options({ business_key: 'order-7' })), bad.start(options())]);
      const { create_time, finish_time } = await told(good);
      expect(notices(good)).toEqual([
        {
          gid: good.gid,
          trans_type: 'saga',
          status: 'succeed',
          rollback_reason: '',
          result: '',
          business_key: 'order-7',
          create_time,
          end_time: finish_time,
        },
      ]);
      const { rollback_reason, rollback_time } = await told(bad);
      expect(rollback_reason).toContain('no stock');
      expect(notices(bad)).toEqual([
        expect.objectContaining({ status: 'failed', rollback_reason, end_time: rollback_time }),
      ]);
    });

    test('tells of a stop by force, and goes on until it is heard', async () => {
      const saga = flow.saga('stopped');
      saga.answers({ OUT: 'wait', DONE: '1:err' });
      await saga.start(options({ retry_interval: 1 }));
      await saga.settledAfter(1);
      expect((await flow.api.post('forceStop', { gid: saga.gid })).status).toBe(200);
      await told(saga);
      expect(notices(saga).map(({ status }) => status)).toEqual(['failed', 'failed']);
      expect((await flow.api.post('forceStop', { gid: saga.gid })).status).toBe(409);
    });

    test('is a field that can be wrong', async () => {
      const reply = await flow.saga('wrong').submit({ on_complete: 'shop/ended' });
      expect(reply).toMatchObject({
        status: 500,
        json: { message: 'on_complete must be an absolute http(s) URL or svc://service/handler' },
      });
    });
  });
});

describe('on_complete of several coordinators', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    afterAll(() => cleanup.run());

    test('is called once by several coordinators on one store, as long as none of them dies', async () => {
      const env = await engine.create(cleanup);
      const flow = await Flow.start(cleanup, env);
      const second = await startCoordinator(env);
      cleanup.add(() => second.stop());
      const apis = [flow.api, new CoordinatorApi(second.url)];
      const gids = Array.from({ length: 40 }, (_, index) => `shared-${index}`);
      await Promise.all(
        gids.map((gid, index) =>
          apis[index % 2]!.submit(transferSaga(flow.busi, gid, { on_complete: endpoint(flow.busi, 'DONE') })),
        ),
      );
      await until('all ends are told', async () => {
        const all = await Promise.all(gids.map((gid) => flow.api.query(gid)));
        return all.every(({ transaction }) => transaction?.status === 'succeed' && !transaction.next_cron_time);
      });
      const counts = gids.map((gid) => flow.busi.calls(gid).filter(({ op }) => op === 'on_complete').length);
      expect(counts).toEqual(Array(40).fill(1));
    });
  });
});
