import { failure, oneStep, script } from '../client-fixture.spec-helper';
import type { DtxClient } from '../dtx-client';
import { OK, conflict, transaction } from '../scripted-coordinator.spec-helper';

describe('DtxClient, submitting,', () => {
  it('posts the request as it was built and resolves with the gid', async () => {
    const { server, client } = await script({ '/submit': [OK] }, { headers: { 'X-Token': 't1', Accept: 'text/html' } });
    const saga = oneStep(client);
    expect(await saga.submit()).toEqual({ gid: 'g1' });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      url: '/api/dtmsvr/submit',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-token': 't1' },
      body: saga.toRequest(),
    });
  });

  it('makes a gid where none is given', async () => {
    const { server, client } = await script({ '/submit': [OK] });
    const first = await client.saga().step('a/x', 1).submit();
    const second = await client.saga().step('a/x', 1).submit();
    expect(first.gid).toMatch(/^[2-9A-HJ-NP-Za-km-z]{22}$/);
    expect(second.gid).not.toBe(first.gid);
    expect(server.received[0]?.body).toMatchObject({ gid: first.gid });
    expect(client.newGid()).toMatch(/^[2-9A-HJ-NP-Za-km-z]{22}$/);
  });

  it('repeats the same request when the answer is lost', async () => {
    const { server, client } = await script({ '/submit': ['reset', 'reset', OK] });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
    const [first, second, third] = server.requests('/submit');
    expect(second?.body).toEqual(first?.body);
    expect(third?.body).toEqual(first?.body);
  });

  it('repeats the request when the coordinator hangs', async () => {
    const { server, client } = await script({ '/submit': ['hang', OK] }, { timeoutMs: 900 });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
    expect(server.requests('/submit')).toHaveLength(2);
  });

  it('takes a finished success for one, as its first answer may have been lost', async () => {
    const refused = conflict("current status 'succeed', cannot sumbmit. FAILURE");
    const { server, client } = await script({ '/submit': ['reset', refused], '/query': [transaction('succeed')] });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
    expect(server.requests('/query')[0]?.url).toBe('/api/dtmsvr/query?gid=g1');
  });

  it.each([
    ['failed', 'transaction g1 was rolled back: url:svc://bank/withdraw return failed: no money FAILURE'],
    ['aborting', 'transaction g1 is being rolled back: url:svc://bank/withdraw return failed: no money FAILURE'],
  ])('reports a transaction that is %s already', async (status, message) => {
    const reason = 'url:svc://bank/withdraw return failed: no money FAILURE';
    const { client } = await script({
      '/submit': [conflict(`current status '${status}', cannot sumbmit. FAILURE`)],
      '/query': [transaction(status, { rollback_reason: reason })],
    });
    expect(await failure(oneStep(client).submit())).toMatchObject({
      name: 'TransactionFailedError',
      code: 'DTX_TRANSACTION_FAILED',
      gid: 'g1',
      status,
      reason,
      message,
    });
  });

  it('resolves when a server error came after the transaction was stored', async () => {
    const { client } = await script({
      '/submit': [{ status: 500, body: { message: 'internal error' } }],
      '/query': [transaction('submitted')],
    });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
  });

  it.each([null, 'prepared'])('reports a refusal where the query finds it %s', async (status) => {
    const { client } = await script({
      '/submit': [{ status: 500, body: { message: 'steps[0].action has an unknown scheme' } }],
      '/query': [transaction(status)],
    });
    expect(await failure(oneStep(client).submit())).toMatchObject({
      name: 'CoordinatorRefusedError',
      code: 'DTX_COORDINATOR_REFUSED',
      status: 500,
      message: 'the coordinator refused (status 500): steps[0].action has an unknown scheme',
    });
  });

  it.each([
    [413, { code: 'DTX_BODY_TOO_LARGE', message: 'body is larger than this coordinator accepts' }, 'body is larger'],
    [404, '404 page not found', '404 page not found'],
    [401, '<html>login</html>', '<html>login</html>'],
  ])('reports a refusal of the request itself (%i) without asking further', async (status, body, text) => {
    const { server, client } = await script({ '/submit': [{ status, body }] });
    const error = await failure(oneStep(client).submit());
    expect(error).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status });
    expect((error as Error).message).toContain(text);
    expect(server.received).toHaveLength(1);
  });

  it('reads a 200 that says FAILURE as the refusal it is', async () => {
    const { client } = await script({
      '/submit': [{ status: 200, body: { dtm_result: 'FAILURE', message: 'no' } }],
      '/query': [transaction(null)],
    });
    expect(await failure(oneStep(client).submit())).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 200 });
  });
});

describe('DtxClient, waiting for the result,', () => {
  const NOT_DONE = conflict('wait result not return success: FAILURE');
  const waiting = (client: DtxClient) => oneStep(client).waitResult();

  it('resolves on success', async () => {
    const { server, client } = await script({ '/submit': [OK] });
    expect(await waiting(client).submit()).toEqual({ gid: 'g1' });
    expect(server.received[0]?.body).toMatchObject({ wait_result: true });
  });

  it('throws TransactionFailedError with the reason when it was rolled back', async () => {
    const { client } = await script({
      '/submit': [conflict('no money FAILURE')],
      '/query': [transaction('failed', { rollback_reason: 'no money FAILURE' })],
    });
    expect(await failure(waiting(client).submit())).toMatchObject({
      code: 'DTX_TRANSACTION_FAILED',
      gid: 'g1',
      reason: 'no money FAILURE',
    });
  });

  it.each([
    ['409', NOT_DONE],
    ['425', { status: 425, body: { dtm_result: 'ONGOING', message: 'ONGOING' } }],
  ])('throws NotFinishedError when it is not finished (%s)', async (_, answer) => {
    const { client } = await script({
      '/submit': [answer],
      '/query': [transaction('submitted', { last_error: 'ECONNREFUSED' })],
    });
    expect(await failure(waiting(client).submit())).toMatchObject({
      name: 'NotFinishedError',
      code: 'DTX_NOT_FINISHED',
      gid: 'g1',
      message: 'transaction g1 is not finished and goes on; its last call: ECONNREFUSED',
    });
  });

  it('resolves when it has finished between the answer and the query', async () => {
    const { client } = await script({ '/submit': [NOT_DONE], '/query': [transaction('succeed')] });
    expect(await waiting(client).submit()).toEqual({ gid: 'g1' });
  });

  it('waits longer than for other calls, but not for ever', async () => {
    const scripts = { '/submit': ['hang'], '/query': [transaction('submitted')] } as const;
    const { server, client } = await script(scripts, { timeoutMs: 300, waitTimeoutMs: 700 });
    const started = performance.now();
    expect(await failure(waiting(client).submit())).toMatchObject({ code: 'DTX_NOT_FINISHED' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(690);
    expect(server.requests('/submit')).toHaveLength(1);
  });

  it('does not conclude from a 409 alone', async () => {
    const { client } = await script({ '/submit': [NOT_DONE], '/query': [{ status: 500, body: { message: 'store' } }] });
    expect(await failure(waiting(client).submit())).toMatchObject({
      code: 'DTX_COORDINATOR_UNREACHABLE',
      outcome: 'unknown',
      cause: { code: 'DTX_COORDINATOR_REFUSED', status: 500 },
    });
  });
});
