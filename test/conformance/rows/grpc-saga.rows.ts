import { GRPC_STATUS } from '@nestjs-dtx/protocol';
import { ScriptedGrpcService } from '@nestjs-dtx/testing';
import { payload } from '../../support/fixture/transfer';
import type { Row } from '../row';
import { FORWARD, ROLLED_BACK } from './expected-calls';

const CONCURRENT = { custom_data: '{"concurrent":true,"orders":{}}' };
const WAIT = { wait_result: true };
const HEADERS = { branch_headers: { test_header: 'test' } };

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };

/** A.4.4, A.4.5 and A.9: sagas over gRPC. */
export const GRPC_SAGA_ROWS: readonly Row[] = [
  {
    id: 'SAGA-40',
    title: 'a saga over gRPC whose steps succeed succeeds',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      await saga.start();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
      expect(saga.calls).toEqual(FORWARD);
      expect(saga.records.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['gRPC', payload()]));
      expect(saga.records[0]?.headers).toMatchObject({ 'dtm-trans_type': 'saga', 'dtm-dtm': '' });
    },
  },

  {
    id: 'SAGA-41',
    title: 'a refused step over gRPC is compensated, what is not done yet is repeated, and the reason is kept',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      saga.answers({ IN: 'fail', 'OUT.rev': '1:wait' }, 'Insufficient balance of bob');
      await saga.start();
      expect(await saga.settledAfter(4)).toMatchObject({ status: 'aborting' });
      await saga.revisit();
      const state = await saga.ended();
      expect(state).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(state.reason).toContain('reason:Insufficient balance of bob FAILURE');
      expect(saga.calls).toEqual([...ROLLED_BACK, 'OUT.rev[01 compensate]']);
    },
  },

  {
    id: 'SAGA-42',
    title: 'the steps of a concurrent saga over gRPC are in flight at the same time',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      // Each step is answered only when the other has arrived: steps made one after the other would never end.
      const both = async () => {
        await context.busi.received(saga.gid, 2);
        return 'ok' as const;
      };
      saga.answers({ OUT: both, IN: both });
      await saga.start(CONCURRENT);
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls.sort()).toEqual([...FORWARD].sort());
    },
  },

  {
    id: 'SAGA-43',
    title: 'a step of a concurrent saga over gRPC waits for those before it',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      await saga.start({ custom_data: '{"concurrent":true,"orders":{"1":[0]}}' });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(FORWARD);
      const [out, into] = saga.records;
      expect(into?.arrivedAt).toBeGreaterThanOrEqual(out?.answeredAt ?? NaN);
    },
  },

  {
    id: 'SAGA-44',
    title: 'a step over gRPC that is not done yet is asked again, and the next one waits for it',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      saga.answers({ OUT: '1:wait' });
      await saga.start();
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted', rows: 'P P P P' });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', ...FORWARD]);
    },
  },

  {
    id: 'SAGA-45',
    title: 'a client waiting over gRPC is answered when the saga has succeeded, or by ABORTED when it was rolled back',
    run: async (context) => {
      const cases = context.overGrpc();
      const [good, bad] = [cases.newSaga(), cases.newSaga()];
      expect(await good.submit(WAIT)).toMatchObject({ json: { code: GRPC_STATUS.ok } });
      expect(good.calls).toEqual(FORWARD);
      bad.answers({ IN: 'fail' }, 'Insufficient balance of bob');
      expect(await bad.submit(WAIT)).toMatchObject({
        json: { code: GRPC_STATUS.aborted, message: expect.stringContaining('Insufficient balance of bob') },
      });
      expect(bad.calls).toEqual(ROLLED_BACK);
    },
  },

  {
    id: 'SAGA-46',
    title: 'an empty URL is a success without a call, over gRPC as well',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      await saga.start({ steps: [saga.step('OUT', ''), saga.step('', '')] });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]']);
    },
  },

  {
    id: 'SAGA-47',
    title:
      'an empty payload over gRPC is an empty message, and the request time-out of the transaction is its deadline',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      // 3.5 s are too long for the coordinator's own limit of 3 s.
      const slow = () => new Promise<'ok'>((resolve) => setTimeout(resolve, 3500, 'ok'));
      saga.answers({ IN: slow });
      const steps = [saga.step('HeaderNo', ''), saga.step('IN', '')];
      const reply = await saga.submit({ steps, payloads: ['', ''], request_timeout: 6, ...WAIT });
      expect(reply).toMatchObject({ json: { code: GRPC_STATUS.ok } });
      expect(saga.calls).toEqual(['HeaderNo[01 action]', 'IN[02 action]']);
      expect(saga.records.map(({ body }) => body)).toEqual(['', '']);
      expect(saga.records[1]?.headers).toMatchObject({ 'grpc-timeout': '6000m' });
    },
  },

  {
    id: 'SAGA-49',
    title: 'headers of the transaction reach its branches as metadata',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      const steps = [saga.step('HeaderYes', '')];
      const reply = await saga.submit({ steps, payloads: [payload()], ...HEADERS, ...WAIT });
      expect(reply).toMatchObject({ json: { code: GRPC_STATUS.ok } });
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S' });
    },
  },

  {
    id: 'SAGA-50',
    title: 'headers of the transaction are there when a call is repeated by a visit',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      saga.answers({ OUT: '1:wait' });
      await saga.start({ steps: [saga.step('OUT', '')], payloads: [payload()], ...HEADERS });
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted' });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(saga.records.map(({ headers }) => headers['test_header'])).toEqual(['test', 'test']);
    },
  },

  {
    id: 'SAGA-63',
    title: 'a saga over gRPC behind the barrier moves the amount',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      const accounts = await context.accountsOf(saga);
      saga.answers({ OUT_B: accounts.guarded('OUT'), IN_B: accounts.guarded('IN') });
      await saga.start({ steps: [saga.step('OUT_B'), saga.step('IN_B')] });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT_B[01 action]', 'IN_B[02 action]']);
      expect(await accounts.moved(saga.gid)).toEqual(MOVED);
    },
  },

  {
    id: 'SAGA-64',
    title: 'a saga over gRPC that is rolled back behind the barrier moves nothing',
    run: async (context) => {
      const saga = context.overGrpc().newSaga();
      const accounts = await context.accountsOf(saga);
      saga.answers({
        OUT_B: accounts.guarded('OUT'),
        'OUT_B.rev': accounts.guarded('OUT'),
        IN_B: accounts.refusing('IN'),
        'IN_B.rev': accounts.guarded('IN'),
      });
      await saga.start({ steps: [saga.step('OUT_B'), saga.step('IN_B')] });
      expect(await saga.ended()).toMatchObject({ status: 'failed', rows: 'S S S F' });
      const forward = ['OUT_B[01 action]', 'IN_B[02 action]'];
      expect(saga.calls).toEqual([...forward, 'IN_B.rev[02 compensate]', 'OUT_B.rev[01 compensate]']);
      expect(await accounts.moved(saga.gid)).toEqual(SAME);
    },
  },

  {
    id: 'X-15',
    // The reference keeps the broken connection in back-off, and calls again after 20 s.
    title: 'a gRPC service that was restarted between two calls is reached by the next call',
    run: async (context) => {
      const cases = context.overGrpc();
      let service = await ScriptedGrpcService.start();
      const step = () => ({ action: `${service.address}/busi.Busi/OUT`, compensate: '' });
      const hourly = { payloads: [payload()], retry_interval: 3600, ...WAIT };
      for (let round = 0; round < 3; round += 1) {
        const reply = await cases.newSaga().submit({ steps: [step()], ...hourly });
        expect(reply).toMatchObject({ json: { code: GRPC_STATUS.ok } });
        const { port } = service;
        await service.stop();
        service = await ScriptedGrpcService.start(port);
      }
      await service.stop();
    },
  },
];
