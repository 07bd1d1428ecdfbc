import { ANSWERS } from '@nestjs-dtx/testing';
import { failure, participant, script } from '../client-fixture.spec-helper';
import { OK } from '../scripted-coordinator.spec-helper';

const WELL = { '/prepare': [OK], '/registerBranch': [OK], '/submit': [OK], '/abort': [OK] };

describe('branches of a tcc transaction by name', () => {
  it('are called at a live instance and registered by name', async () => {
    const bank = await participant();
    const handlers = { freeze: { try: '/freeze/try', confirm: '/freeze/confirm', cancel: '/freeze/cancel' } };
    const services = [{ service: 'bank', instance: 'i1', url: bank.url, handlers, ttl: 30, live: true }];
    const { server, client } = await script({ ...WELL, '/api/v2/services': [{ status: 200, body: { services } }] });
    await client.tcc('g1').run(async (tcc) => {
      await tcc.step('bank/freeze', { amount: 30 });
      await tcc.step('bank/freeze');
    });
    expect(bank.notation).toEqual(['freeze/try[01 try]', 'freeze/try[02 try]']);
    expect(server.requests('/registerBranch')[0]?.body).toMatchObject({
      confirm: 'svc://bank/freeze',
      cancel: 'svc://bank/freeze',
    });
    expect(await client.resolve('bank/freeze', 'confirm')).toBe(`${bank.url}/freeze/confirm`);
    expect(await client.resolve('http://shop/x', 'confirm')).toBe('http://shop/x');
  });

  it('abort the transaction when nobody serves them, or the name is none', async () => {
    const { server, client } = await script({
      ...WELL,
      '/api/v2/services': [{ status: 200, body: { services: [] } }],
    });
    expect(await failure(client.tcc('g1').run((tcc) => tcc.step('bank/freeze')))).toMatchObject({
      code: 'DTX_BRANCH_CALL',
      message: 'svc://bank/freeze: service bank has no live instance',
    });
    expect(await failure(client.tcc('g1').run((tcc) => tcc.step('freeze')))).toMatchObject({ field: 'name' });
    expect(server.requests('/abort')).toHaveLength(2);
  });
});

describe('joining a tcc transaction from a try', () => {
  const PARENT = { transType: 'tcc', gid: 'g1', branchId: '01' };

  it('adds branches below the branch of the try, without a decision of its own', async () => {
    const bank = await participant();
    const { server, client } = await script(WELL);
    const branch = { try: `${bank.url}/fee`, confirm: '', cancel: '', payload: 1 };
    const join = () =>
      client.joinTcc(PARENT, (tcc) => tcc.branch(branch), { branchHeaders: { 'x-tenant': 'acme' }, requestTimeout: 7 });
    expect(await join()).toMatchObject({ status: 200 });
    await join();
    expect(server.received.map(({ url, body }) => [url, (body as { branch_id: string }).branch_id])).toEqual([
      ['/api/dtmsvr/registerBranch', '0101'],
      ['/api/dtmsvr/registerBranch', '0101'],
    ]);
    expect(bank.calls[0]).toMatchObject({
      query: { gid: 'g1', trans_type: 'tcc', branch_id: '0101', op: 'try' },
      headers: { 'x-tenant': 'acme' },
    });
  });

  it('fails when a branch has failed', async () => {
    const bank = await participant();
    bank.script = () => ANSWERS.failure;
    const { client } = await script(WELL);
    const careless = client.joinTcc(PARENT, async (tcc) => {
      await failure(tcc.branch({ try: bank.url, confirm: '', cancel: '' }));
    });
    expect(await failure(careless)).toMatchObject({ code: 'DTX_FAILURE' });
  });

  it('is refused for what is no try', async () => {
    const { client } = await script(WELL);
    const outcome = failure(client.joinTcc({ ...PARENT, transType: 'saga' }, async () => {}));
    expect(await outcome).toMatchObject({ code: 'DTX_INVALID_REQUEST', field: 'transType' });
    expect(await failure(client.joinXa(PARENT, async () => {}))).toMatchObject({
      message: 'transType must be xa: only a branch of that type can be joined',
    });
  });
});
