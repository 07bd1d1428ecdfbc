import type { Tcc } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { SdkRig } from './sdk-rig';

describe('tcc by the client, on a real coordinator,', () => {
  const cleanup = new Cleanup();
  let rig: SdkRig;

  beforeAll(async () => {
    rig = await SdkRig.start(cleanup);
  });
  afterAll(() => cleanup.run());

  const transfer = async (tcc: Tcc): Promise<void> => {
    await tcc.branch({ ...rig.tcc('out'), payload: { amount: 30 } });
    await tcc.branch({ ...rig.tcc('in'), payload: { amount: 30 } });
  };

  test('confirms everything, in reverse order', async () => {
    const gid = rig.newGid('confirm');
    await rig.client.tcc(gid).waitResult().run(transfer);
    expect(rig.calls(gid)).toEqual([
      'outTry[01 try]',
      'inTry[02 try]',
      'inConfirm[02 confirm]',
      'outConfirm[01 confirm]',
    ]);
    expect((await rig.reached(gid, 'succeed')).rows).toEqual([
      '01 cancel prepared',
      '01 confirm succeed',
      '02 cancel prepared',
      '02 confirm succeed',
    ]);
  });

  test('cancels everything when a try refuses, the refusing branch too', async () => {
    const gid = rig.newGid('cancel');
    rig.busi.script(gid, { inTry: 'fail', inCancel: '1:wait' }, 'no such account');
    const outcome = rig.client.tcc(gid).retryInterval(1).run(transfer);
    await expect(outcome).rejects.toMatchObject({ code: 'DTX_FAILURE' });
    const { reason, rows } = await rig.reached(gid, 'failed');
    expect(reason).toMatch(/no such account.*FAILURE$/);
    expect(rows).toEqual(['01 cancel succeed', '01 confirm prepared', '02 cancel succeed', '02 confirm prepared']);
    expect(rig.calls(gid)).toEqual([
      'outTry[01 try]',
      'inTry[02 try]',
      'inCancel[02 cancel]',
      'inCancel[02 cancel]',
      'outCancel[01 cancel]',
    ]);
  });

  test('with waitResult, has cancelled everything when it throws', async () => {
    const gid = rig.newGid('cancelled');
    rig.busi.script(gid, { inTry: 'fail' });
    await expect(rig.client.tcc(gid).waitResult().run(transfer)).rejects.toMatchObject({ code: 'DTX_FAILURE' });
    expect((await rig.client.query(gid)).transaction?.status).toBe('failed');
  });

  test('is cancelled by the coordinator when the work takes too long', async () => {
    const gid = rig.newGid('late');
    const outcome = rig.client
      .tcc(gid)
      .timeoutToFail(1)
      .retryInterval(1)
      .run(async (tcc) => {
        await tcc.branch(rig.tcc('out'));
        await rig.reached(gid, 'failed');
        await tcc.branch(rig.tcc('in'));
      });
    await expect(outcome).rejects.toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 409 });
    expect(rig.calls(gid)).toEqual(['outTry[01 try]', 'outCancel[01 cancel]']);
    expect((await rig.reached(gid, 'failed')).reason).toMatch(/^Timeout after \d+ seconds$/);
  });

  test('is cancelled when only its submit comes too late', async () => {
    const gid = rig.newGid('late-submit');
    const outcome = rig.client
      .tcc(gid)
      .timeoutToFail(1)
      .run(async (tcc) => {
        await tcc.branch(rig.tcc('out'));
        await rig.reached(gid, 'failed');
      });
    await expect(outcome).rejects.toMatchObject({ code: 'DTX_TRANSACTION_FAILED', status: 'failed' });
  });

  test('nests: branches of a try belong to the same transaction', async () => {
    const gid = rig.newGid('nested');
    rig.busi.script(gid, {
      outTry: async (_, { query }) => {
        const parent = { transType: query['trans_type']!, gid: query['gid']!, branchId: query['branch_id']! };
        await rig.client.joinTcc(parent, (tcc) => tcc.branch({ ...rig.tcc('fee'), payload: 1 }));
        return 'ok' as const;
      },
    });
    await rig.client.tcc(gid).waitResult().run(transfer);
    expect(rig.calls(gid)).toEqual([
      'outTry[01 try]',
      'feeTry[0101 try]',
      'inTry[02 try]',
      'inConfirm[02 confirm]',
      'feeConfirm[0101 confirm]',
      'outConfirm[01 confirm]',
    ]);
  });

  test('cancels nested branches as well', async () => {
    const gid = rig.newGid('nested-cancel');
    rig.busi.script(gid, {
      feeTry: 'fail',
      outTry: async (_, { query }) => {
        const parent = { transType: 'tcc', gid, branchId: query['branch_id']! };
        const join = rig.client.joinTcc(parent, (tcc) => tcc.branch(rig.tcc('fee')));
        return join.then(
          () => 'ok' as const,
          () => 'fail' as const,
        );
      },
    });
    await expect(rig.client.tcc(gid).waitResult().run(transfer)).rejects.toMatchObject({ code: 'DTX_FAILURE' });
    expect(rig.calls(gid).slice(2)).toEqual(['feeCancel[0101 cancel]', 'outCancel[01 cancel]']);
  });

  test('run twice at once under one gid is one transaction', async () => {
    const gid = rig.newGid('twice');
    const run = () => rig.client.tcc(gid).waitResult().run(transfer);
    const outcomes = await Promise.allSettled([run(), run()]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    const { rows } = await rig.reached(gid, 'succeed');
    expect(rows).toHaveLength(4);
    expect(rig.calls(gid).filter((call) => call.includes('confirm'))).toHaveLength(2);
  });

  test('concurrent, confirms all branches at once', async () => {
    const gid = rig.newGid('concurrent');
    let waiting = 0;
    let release: () => void = () => {};
    const together = new Promise<void>((resolve) => (release = resolve));
    const script = async (): Promise<'ok'> => {
      waiting += 1;
      if (waiting === 2) release();
      await together;
      return 'ok';
    };
    rig.busi.script(gid, { outConfirm: script, inConfirm: script });
    await rig.client.tcc(gid).concurrent().waitResult().run(transfer);
    expect(waiting).toBe(2);
  });
});
