import { ANSWERS, ScriptedService } from '@nestjs-dtx/testing';
import { BranchCaller, branchOutcome } from './branch-caller';
import { ServiceDirectory, type ListedService } from './service-directory';

const INFO = { transType: 'tcc', gid: 'g1', branchId: '01', op: 'try' };

describe('BranchCaller', () => {
  let service: ScriptedService;
  let caller: BranchCaller;
  let listed: ListedService[];

  beforeEach(async () => {
    service = await ScriptedService.start();
    const handlers = { freeze: { try: '/freeze' } };
    listed = [{ service: 'bank', url: service.url, live: true, handlers }];
    caller = new BranchCaller(new ServiceDirectory(async () => listed), { connections: 8, timeoutMs: 5000 });
  });
  afterEach(async () => {
    await caller.close();
    await service.stop();
  });

  it('posts a body as JSON, with the headers of the transaction', async () => {
    const headers = { 'X-Tenant': 'acme', 'Content-Type': 'application/vnd.acme+json' };
    const request = { url: `${service.url}/try`, info: INFO, method: 'POST', body: '{"a":1}', headers } as const;
    expect(await caller.call(request)).toMatchObject({ answered: true, status: 200 });
    const [call] = service.calls;
    expect(call).toMatchObject({
      method: 'POST',
      path: '/try',
      query: { branch_id: '01', gid: 'g1', op: 'try', trans_type: 'tcc' },
      headers: { 'content-type': 'application/vnd.acme+json', 'x-tenant': 'acme', accept: 'application/json' },
    });
    expect(call?.body.toString()).toBe('{"a":1}');
  });

  it('calls without a body what has none', async () => {
    await caller.call({ url: `${service.url}/check`, info: INFO, method: 'GET' });
    expect(service.calls[0]).toMatchObject({ method: 'GET' });
    expect(service.calls[0]?.headers).not.toHaveProperty('content-type');
  });

  it('calls nobody where there is nothing to call', async () => {
    const reply = await caller.call({ url: '', info: INFO, method: 'POST', body: '{}' });
    expect(branchOutcome(reply, { substring: true }).kind).toBe('success');
    expect(service.calls).toHaveLength(0);
  });

  it('passes by an instance that cannot be connected to', async () => {
    const gone = await ScriptedService.start();
    await gone.stop();
    listed.unshift({ ...listed[0]!, url: gone.url });
    const request = { url: 'svc://bank/freeze', info: INFO, method: 'POST', body: '{}' } as const;
    for (let call = 1; call <= 2; call += 1) {
      expect(await caller.call(request)).toMatchObject({ answered: true, status: 200 });
      expect(service.calls).toHaveLength(call);
    }
  });

  it('sends nothing twice that may have arrived', async () => {
    const second = await ScriptedService.start();
    listed.push({ ...listed[0]!, url: second.url });
    service.script = () => new Promise(() => {});
    const reply = await caller.call({ url: 'svc://bank/freeze', info: INFO, method: 'POST', timeoutMs: 100 });
    expect(branchOutcome(reply, { substring: true })).toMatchObject({ kind: 'error' });
    expect(service.calls.length + second.calls.length).toBe(1);
    await second.stop();
  });

  it.each([
    [ANSWERS.success, 'success'],
    [ANSWERS.failure, 'failure'],
    [ANSWERS.ongoing, 'ongoing'],
    [ANSWERS.error, 'error'],
    [{ status: 200, body: '{"dtm_result":"FAILURE"}' }, 'failure'],
  ])('maps the answer %j to %s, as the coordinator does', async (answer, kind) => {
    service.script = () => answer;
    const reply = await caller.call({ url: service.url, info: INFO, method: 'GET' });
    expect(branchOutcome(reply, { substring: true }).kind).toBe(kind);
  });

  it('tells why there is no answer', async () => {
    const gone = await ScriptedService.start();
    await gone.stop();
    const reply = await caller.call({ url: gone.url, info: INFO, method: 'GET' });
    expect(branchOutcome(reply, { substring: true })).toMatchObject({
      kind: 'error',
      text: expect.stringContaining('ECONNREFUSED') as string,
    });
    const wrong = await caller.call({ url: 'ftp://stock/try', info: INFO, method: 'GET' });
    expect(branchOutcome(wrong, { substring: true }).kind).toBe('error');
  });
});
