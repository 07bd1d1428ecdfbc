import { ANSWERS, type ScriptedService } from '@nestjs-dtx/testing';
import { failure, participant, script } from '../client-fixture.spec-helper';
import type { DtxClient } from '../dtx-client';
import { conflict, OK, transaction, type Received, type Scripted } from '../scripted-coordinator.spec-helper';
import type { Tcc } from './tcc';

const WELL = { '/prepare': [OK], '/registerBranch': [OK], '/submit': [OK], '/abort': [OK] };

describe('a tcc transaction', () => {
  let bank: ScriptedService;

  beforeEach(async () => {
    bank = await participant();
  });

  const urls = (name: string) => ({
    try: `${bank.url}/${name}/try`,
    confirm: `${bank.url}/${name}/confirm`,
    cancel: `${bank.url}/${name}/cancel`,
  });
  const transfer = async (tcc: Tcc): Promise<void> => {
    await tcc.branch({ ...urls('out'), payload: { amount: 30 } });
    await tcc.branch({ ...urls('in'), payload: { amount: 30 } });
  };
  const paths = (received: readonly Received[]) => received.map(({ url }) => url.replace('/api/dtmsvr', ''));

  it('registers each branch before its try, and submits', async () => {
    const { server, client } = await script(WELL);
    bank.script = ({ path }) => {
      expect(server.requests('/registerBranch')).toHaveLength(path === '/out/try' ? 1 : 2);
      return ANSWERS.success;
    };
    await client.tcc('g1').run(transfer);
    expect(paths(server.received)).toEqual(['/prepare', '/registerBranch', '/registerBranch', '/submit']);
    expect(server.requests('/registerBranch').map(({ body }) => body)).toEqual([
      expect.objectContaining({ gid: 'g1', trans_type: 'tcc', branch_id: '01', data: '{"amount":30}' }),
      { gid: 'g1', trans_type: 'tcc', branch_id: '02', data: '{"amount":30}', ...withoutTry(urls('in')) },
    ]);
    expect(bank.calls[0]).toMatchObject({
      method: 'POST',
      path: '/out/try',
      query: { gid: 'g1', trans_type: 'tcc', branch_id: '01', op: 'try', dtm: `${server.url}/api/dtmsvr` },
    });
    expect(bank.calls.map(({ body }) => body.toString())).toEqual(['{"amount":30}', '{"amount":30}']);
  });

  it('sends its options with prepare and submit, and its headers with the tries', async () => {
    const { server, client } = await script(WELL);
    const builder = client
      .tcc('g1')
      .timeoutToFail(60)
      .retryInterval(5)
      .requestTimeout(7)
      .branchHeaders({ 'x-tenant': 'acme' })
      .maxAttempts(9)
      .businessKey('order 1')
      .onComplete('http://shop/done')
      .waitResult()
      .concurrent();
    await builder.run(transfer);
    const sent = {
      gid: 'g1',
      trans_type: 'tcc',
      timeout_to_fail: 60,
      retry_interval: 5,
      request_timeout: 7,
      branch_headers: { 'x-tenant': 'acme' },
      max_attempts: 9,
      business_key: 'order 1',
      on_complete: 'http://shop/done',
      wait_result: true,
      concurrent: true,
    };
    expect(server.requests('/prepare')[0]?.body).toEqual(sent);
    expect(server.requests('/submit')[0]?.body).toEqual(sent);
    expect(bank.calls[0]?.headers).toMatchObject({ 'x-tenant': 'acme' });
  });

  it('calls a branch without a payload by GET, and none where there is no URL', async () => {
    const { server, client } = await script(WELL);
    await client.tcc('g1').run(async (tcc) => {
      await tcc.branch(urls('out'));
      const answer = await tcc.branch({ ...urls('in'), try: '' });
      expect(answer).toMatchObject({ status: 200, body: '' });
    });
    expect(bank.notation).toEqual(['out/try[01 try]']);
    expect(bank.calls[0]).toMatchObject({ method: 'GET' });
    expect(server.requests('/registerBranch')[0]?.body).toMatchObject({ data: '' });
  });

  it('resolves with what the work returns, which may use the answers of the tries', async () => {
    const { client } = await script(WELL);
    bank.script = () => ({ status: 200, body: '{"hold":"h7"}' });
    const hold = await client.tcc().run(async (tcc) => {
      const answer = await tcc.branch({ ...urls('out'), payload: {} });
      return (answer.json() as { hold: string }).hold;
    });
    expect(hold).toBe('h7');
  });

  it.each([
    ['refuses', ANSWERS.failure, 'BranchFailureError', 'DTX_FAILURE'],
    ['is not done', ANSWERS.ongoing, 'BranchOngoingError', 'DTX_ONGOING'],
    ['breaks', ANSWERS.error, 'BranchCallError', 'DTX_BRANCH_CALL'],
  ])('is aborted, with the reason, when a try %s', async (_, answer, name, code) => {
    const { server, client } = await script(WELL);
    bank.script = ({ path }) => (path === '/in/try' ? answer : ANSWERS.success);
    const error = (await failure(client.tcc('g1').run(transfer))) as Error;
    expect(error).toMatchObject({ name, code });
    expect(error.message).toContain(urls('in').try);
    expect(server.requests('/abort')[0]?.body).toEqual({
      gid: 'g1',
      trans_type: 'tcc',
      rollback_reason: error.message,
    });
    expect(server.requests('/submit')).toHaveLength(0);
  });

  it('says FAILURE in the reason of a refusal', async () => {
    const { server, client } = await script(WELL);
    bank.script = () => ANSWERS.failure;
    await failure(client.tcc('g1').run(transfer));
    const reason = (server.requests('/abort')[0]?.body as { rollback_reason?: string } | undefined)?.rollback_reason;
    expect(reason).toMatch(/insufficient funds.* FAILURE$/);
  });

  it('is aborted when a branch has failed that the work does not mind', async () => {
    const { server, client } = await script(WELL);
    bank.script = () => ANSWERS.failure;
    const careless = async (tcc: Tcc): Promise<void> => void (await failure(tcc.branch(urls('out'))));
    expect(await failure(client.tcc('g1').run(careless))).toMatchObject({ code: 'DTX_FAILURE' });
    expect(server.requests('/abort')).toHaveLength(1);
  });

  it.each([
    ['throws', async () => Promise.reject(new TypeError('no such account'))],
    [
      'throws at once',
      () => {
        throw new TypeError('no such account');
      },
    ],
  ])('is aborted when the work %s', async (_, work: () => Promise<void>) => {
    const { server, client } = await script(WELL);
    expect(await failure(client.tcc('g1').run(work))).toBeInstanceOf(TypeError);
    expect(server.requests('/abort')[0]?.body).toMatchObject({ rollback_reason: 'no such account' });
  });

  it('cuts a reason that no coordinator could store', async () => {
    const { server, client } = await script(WELL);
    await failure(client.tcc('g1').run(() => Promise.reject(new Error('x'.repeat(5000)))));
    const reason = (server.requests('/abort')[0]?.body as { rollback_reason?: string } | undefined)?.rollback_reason;
    expect(reason).toHaveLength(1000);
  });

  it('throws the error of the work when even the abort fails', async () => {
    const { client } = await script({ ...WELL, '/abort': [conflict('cannot abort. FAILURE')] });
    expect(await failure(client.tcc('g1').run(() => Promise.reject(new Error('mine'))))).toMatchObject({
      message: 'mine',
    });
  });

  it('does not call a try whose registration is refused', async () => {
    const refused = conflict('no trans with gid: g1 status: prepared found FAILURE');
    const { server, client } = await script({ ...WELL, '/registerBranch': [refused] });
    expect(await failure(client.tcc('g1').run(transfer))).toMatchObject({
      code: 'DTX_COORDINATOR_REFUSED',
      status: 409,
    });
    expect(bank.calls).toHaveLength(0);
    expect(server.requests('/abort')).toHaveLength(1);
  });

  it('repeats calls to the coordinator whose answers are lost', async () => {
    const lost: readonly Scripted[] = ['reset', OK];
    const { client } = await script({ '/prepare': lost, '/registerBranch': ['reset', OK, OK], '/submit': lost });
    await client.tcc('g1').run(transfer);
    expect(bank.notation).toEqual(['out/try[01 try]', 'in/try[02 try]']);
  });

  it('never repeats a try by itself', async () => {
    const { server, client } = await script(WELL);
    bank.script = () => Promise.reject(new Error('cut the connection'));
    expect(await failure(client.tcc('g1').run(transfer))).toMatchObject({ code: 'DTX_BRANCH_CALL' });
    expect(bank.calls).toHaveLength(1);
    expect(server.requests('/abort')).toHaveLength(1);
  });

  describe('that cannot be prepared', () => {
    const run = (client: DtxClient) => failure(client.tcc('g1').run(() => Promise.reject(new Error('must not run'))));

    it('is not begun', async () => {
      const { server, client } = await script({ '/prepare': ['reset'] });
      expect(await run(client)).toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE', outcome: 'not-submitted' });
      expect(paths(server.received).every((path) => path === '/prepare')).toBe(true);
    });

    it('is reported as failed if it was rolled back before', async () => {
      const { client } = await script({
        '/prepare': [conflict("current status 'failed', cannot prepare. FAILURE")],
        '/query': [transaction('failed', { rollback_reason: 'no money' })],
      });
      expect(await run(client)).toMatchObject({ code: 'DTX_TRANSACTION_FAILED', reason: 'no money' });
    });

    it('is reported as refused if it was submitted before', async () => {
      const { client } = await script({
        '/prepare': [conflict("current status 'succeed', cannot prepare. FAILURE")],
        '/query': [transaction('succeed')],
      });
      expect(await run(client)).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 409 });
    });
  });

  describe('whose submit', () => {
    it('comes too late is reported as failed, and not aborted once more', async () => {
      const { server, client } = await script({
        ...WELL,
        '/submit': [conflict("current status 'aborting', cannot sumbmit. FAILURE")],
        '/query': [transaction('aborting', { rollback_reason: 'Timeout after 35 seconds' })],
      });
      expect(await failure(client.tcc('g1').run(transfer))).toMatchObject({
        code: 'DTX_TRANSACTION_FAILED',
        reason: 'Timeout after 35 seconds',
      });
      expect(server.requests('/abort')).toHaveLength(0);
    });

    it('is refused because a lost one came through counts as done (Q46)', async () => {
      const { client } = await script({
        ...WELL,
        '/submit': ['reset', conflict("current status 'succeed', cannot sumbmit. FAILURE")],
        '/query': [transaction('succeed')],
      });
      await expect(client.tcc('g1').run(transfer)).resolves.toBeUndefined();
    });

    it('has an unknown outcome is not followed by an abort', async () => {
      const { server, client } = await script({ ...WELL, '/submit': ['reset'], '/query': ['reset'] });
      expect(await failure(client.tcc('g1').run(transfer))).toMatchObject({ outcome: 'unknown' });
      expect(server.requests('/abort')).toHaveLength(0);
    });
  });

  it('cannot be changed once it runs', async () => {
    const { client } = await script(WELL);
    const builder = client.tcc('g1');
    await builder.run(transfer);
    expect(() => builder.concurrent()).toThrow('tcc g1 was submitted already');
    expect(() => builder.timeoutToFail(5)).toThrow('tcc g1 was submitted already');
  });

  it('is not begun with options that the coordinator would refuse', async () => {
    const { server, client } = await script(WELL);
    expect(await failure(client.tcc('g1').timeoutToFail(-1).run(transfer))).toMatchObject({
      code: 'DTX_INVALID_REQUEST',
      field: 'timeout_to_fail',
    });
    expect(() => client.tcc('a;b')).toThrow('gid must not contain');
    expect(server.received).toHaveLength(0);
  });
});

function withoutTry({ confirm, cancel }: { confirm: string; cancel: string }) {
  return { confirm, cancel };
}
