import { ANSWERS } from '@nestjs-dtx/testing';
import { failure, participant, script } from '../client-fixture.spec-helper';
import { OK } from '../scripted-coordinator.spec-helper';

const WELL = { '/prepare': [OK], '/submit': [OK], '/abort': [OK] };

describe('an xa transaction', () => {
  it('has its participants do their work, tells them where phase 2 is, and submits', async () => {
    const bank = await participant();
    const { server, client } = await script(WELL);
    await client
      .xa('g1')
      .timeoutToFail(60)
      .branchHeaders({ 'x-tenant': 'acme' })
      .run(async (xa) => {
        await xa.branch(`${bank.url}/out`, { amount: 30 });
        await xa.branch(`${bank.url}/in`);
      });
    const request = { gid: 'g1', trans_type: 'xa', timeout_to_fail: 60, branch_headers: { 'x-tenant': 'acme' } };
    expect(server.received.map(({ url, body }) => [url, body])).toEqual([
      ['/api/dtmsvr/prepare', request],
      ['/api/dtmsvr/submit', request],
    ]);
    expect(bank.calls).toMatchObject([
      {
        method: 'POST',
        path: '/out',
        query: {
          gid: 'g1',
          trans_type: 'xa',
          branch_id: '01',
          op: 'action',
          phase2_url: `${bank.url}/out`,
          dtm: `${server.url}/api/dtmsvr`,
        },
        headers: { 'x-tenant': 'acme' },
      },
      { method: 'POST', path: '/in', query: { branch_id: '02', phase2_url: `${bank.url}/in` } },
    ]);
    expect(bank.calls.map(({ body }) => body.toString())).toEqual(['{"amount":30}', '']);
  });

  it('names participants as they were named', async () => {
    const bank = await participant();
    const handlers = { out: { action: '/out', commit: '/out', rollback: '/out' } };
    const services = [{ service: 'bank', instance: 'i1', url: bank.url, handlers, ttl: 30, live: true }];
    const { client } = await script({ ...WELL, '/api/v2/services': [{ status: 200, body: { services } }] });
    await client.xa('g1').run((xa) => xa.step('bank/out', { amount: 30 }));
    expect(bank.calls[0]).toMatchObject({ path: '/out', query: { phase2_url: 'svc://bank/out' } });
  });

  it('is aborted when a participant fails', async () => {
    const bank = await participant();
    bank.script = () => ANSWERS.failure;
    const { server, client } = await script(WELL);
    const error = await failure(client.xa('g1').run((xa) => xa.branch(bank.url, {})));
    expect(error).toMatchObject({ code: 'DTX_FAILURE' });
    expect(server.requests('/abort')[0]?.body).toEqual({
      gid: 'g1',
      trans_type: 'xa',
      rollback_reason: (error as Error).message,
    });
    expect(server.requests('/submit')).toHaveLength(0);
  });

  it.each(["it's", 'a b', 'a"b', 'a\\b', 'ä'])('has no gid that cannot stand in an xid: %s', async (gid) => {
    const { client } = await script(WELL);
    expect(() => client.xa(gid)).toThrow('gid of an xa transaction may only hold');
  });
});
