import { DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { GrpcCaller } from '@nestjs-dtx/testing';
import type { Word } from '../../support/fixture/answer';
import { payload } from '../../support/fixture/transfer';
import { freePort } from '../../support/free-port';
import { xaService } from '../../support/participant/xa-service';
import { BranchError } from '../../support/transactions/branch-request';
import { CommandError } from '../../support/transactions/command-channel';
import { overGrpc } from '../../support/transactions/grpc-channel';
import { callTccBranch, type TccCase } from '../../support/transactions/tcc-case';
import type { TwoPhaseCase } from '../../support/transactions/two-phase-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const CONFIRMED = ['IN.conf[02 confirm]', 'OUT.conf[01 confirm]'];

/** A.5 and A.6: TCC and XA over gRPC. */
export const GRPC_TWO_PHASE_ROWS: readonly Row[] = [
  {
    id: 'TCC-20',
    title: 'branches that were tried over gRPC are confirmed in reverse order',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      await tcc.run(() => transfer(tcc));
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
      expect(tcc.serverCalls).toEqual(CONFIRMED);
      expect(tcc.serverRecords.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['gRPC', payload()]));
    },
  },

  {
    id: 'TCC-22',
    title: 'a branch that a branch has registered over gRPC is confirmed before it',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      tcc.answers({
        IN: async (_, { gid, branchId, query: { dtm = '' } }): Promise<Word> => {
          await callTccBranch({ gid, dtm, channel: overGrpc(dtm) }, tcc.branch(`${branchId}01`, 'IN2'));
          return 'ok';
        },
      });
      await tcc.run(() => transfer(tcc));
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S P S' });
      expect(tcc.serverCalls).toEqual(['IN2.conf[0201 confirm]', ...CONFIRMED]);
    },
  },

  {
    id: 'TCC-23',
    title: 'a registration over gRPC that does not say to what it belongs is an error',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      await tcc.begin();
      await expectErrors(context, [
        [{ TransType: 'tcc', BranchID: '01' }, 'Gid must not be empty'],
        [{ Gid: tcc.gid, BranchID: '01' }, expect.stringContaining('unknow trans type')],
        [{ Gid: tcc.gid, TransType: 'tcc' }, expect.stringContaining('BranchID')],
      ]);
      expect(await tcc.state()).toMatchObject({ status: 'prepared', rows: '' });
    },
  },

  {
    id: 'TCC-24',
    title: 'headers reach the tries, and branches without confirm and cancel need no call',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      const branch = tcc.branch('01', 'HeaderYes', { confirm: '', cancel: '' });
      await tcc.run(() => tcc.call(branch), { branch_headers: { test_header: 'test' }, wait_result: true });
      expect(await tcc.state()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(tcc.serverCalls).toEqual([]);
    },
  },

  {
    id: 'TCC-25',
    title: 'a client that reaches no coordinator over gRPC does not begin its work',
    run: async (context) => {
      const tcc = context.overGrpc(overGrpc(`127.0.0.1:${await freePort()}`)).newTcc();
      const failed: unknown = await tcc.run(() => transfer(tcc)).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(CommandError);
      expect((failed as CommandError).reply).toMatchObject({ json: { code: GRPC_STATUS.unavailable } });
      expect(tcc.calls).toEqual([]);
    },
  },

  {
    id: 'TCC-26',
    title: 'a client over gRPC whose work throws before it has called a branch leaves nothing to undo',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      await expectNothingToUndo(tcc, 'panic');
      expect(await tcc.state()).toMatchObject({ reason: 'panic' });
    },
  },

  {
    id: 'TCC-27',
    title: 'a client over gRPC that is lost after it has registered a branch finds it cancelled',
    run: async (context) => {
      const tcc = context.overGrpc().newTcc();
      await tcc.begin({ timeout_to_fail: 2, retry_interval: 3 });
      expect((await tcc.register(tcc.branch('01', 'OUT'))).status).toBe(200);
      expect(await tcc.state()).toMatchObject({ status: 'prepared', rows: 'P P' });
      expect(await tcc.ended()).toMatchObject({ status: 'failed', rows: 'S P' });
      expect((await tcc.state()).reason).toMatch(/^Timeout after \d+ seconds$/);
      expect(tcc.calls).toEqual(['OUT.rev[01 cancel]']);
    },
  },

  {
    id: 'XA-20',
    title: 'branches that were prepared over gRPC are committed in the order of their registration, without a payload',
    needs: 'xa',
    run: async (context) => {
      const xa = context.overGrpc().newXa();
      const accounts = await context.accountsOf(xa, 'xa');
      xa.answers({ OUT_Xa: xaService(accounts, 'OUT'), IN_Xa: xaService(accounts, 'IN') });
      await xa.run(async () => {
        await xa.call('01', 'OUT_Xa');
        await xa.call('02', 'IN_Xa');
      });
      expect(await xa.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(xa.serverCalls).toEqual(['OUT_Xa[01 commit]', 'IN_Xa[02 commit]']);
      expect(xa.serverRecords.map(({ body }) => body)).toEqual(['', '']);
      expect(await accounts.moved(xa.gid)).toEqual({ OUT: -30, IN: 30 });
    },
  },

  {
    id: 'XA-22',
    title: 'a branch over gRPC that does not say to what it belongs is an error, and what was begun is taken back',
    run: async (context) => {
      const xa = context.overGrpc().newXa();
      await expectErrors(context, [
        [{ TransType: 'xa', BranchID: '01' }, 'Gid must not be empty'],
        [{ Gid: xa.gid, BranchID: '01' }, expect.stringContaining('unknow trans type')],
      ]);
      await expectNothingToUndo(xa, 'panic');
    },
  },

  {
    id: 'XA-23',
    title: 'a client over gRPC whose work fails takes its transaction back',
    run: (context) => expectNothingToUndo(context.overGrpc().newXa(), 'local error'),
  },
];

async function transfer(tcc: TccCase): Promise<void> {
  await tcc.call(tcc.branch('01', 'OUT'));
  await tcc.call(tcc.branch('02', 'IN'));
}

async function expectNothingToUndo(transaction: TwoPhaseCase, text: string): Promise<void> {
  const failed: unknown = await transaction.run(() => Promise.reject(new Error(text))).catch((error: unknown) => error);
  expect(failed).toMatchObject({ message: text });
  expect(failed).not.toBeInstanceOf(BranchError);
  expect(await transaction.ended()).toMatchObject({ status: 'failed', rows: '' });
  expect(transaction.calls).toEqual([]);
}

/** Registrations that are refused, with what is told of each. */
async function expectErrors(
  context: RowContext,
  cases: readonly (readonly [request: Readonly<Record<string, string>>, details: unknown])[],
): Promise<void> {
  const caller = new GrpcCaller(context.grpcAddress);
  for (const [request, details] of cases) {
    expect(await caller.call(DTM_SERVICE.RegisterBranch, request)).toMatchObject({
      code: GRPC_STATUS.internal,
      details,
    });
  }
  caller.close();
}
