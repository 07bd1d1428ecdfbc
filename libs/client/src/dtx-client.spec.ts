import { failure, script } from './client-fixture.spec-helper';
import { DtxClient } from './dtx-client';
import { OK, conflict, transaction } from './scripted-coordinator.spec-helper';

describe('DtxClient, asking,', () => {
  it('returns the transaction and its branches', async () => {
    const body = {
      transaction: { gid: 'a b&c', status: 'succeed' },
      branches: [{ branch_id: '01', op: 'action', status: 'succeed' }],
    };
    const { server, client } = await script({ '/query': ['reset', { status: 200, body }] });
    expect(await client.query('a b&c')).toEqual(body);
    expect(server.received[0]?.url).toBe('/api/dtmsvr/query?gid=a%20b%26c');
  });

  it('returns null for an unknown transaction', async () => {
    const { client } = await script({ '/query': [{ status: 200, body: { transaction: null, branches: null } }] });
    expect(await client.query('nobody')).toEqual({ transaction: null, branches: [] });
  });

  it('returns the version', async () => {
    const { client } = await script({ '/version': [{ status: 200, body: { version: 'v0.1.0' } }] });
    expect(await client.version()).toBe('v0.1.0');
  });

  it.each([{ hello: 'world' }, 'welcome to nginx', [1]])('recognises what is no coordinator: %j', async (body) => {
    const { client } = await script({ '/query': [{ status: 200, body }], '/version': [{ status: 200, body }] });
    for (const call of [client.query('g1'), client.version()]) {
      const error = await failure(call);
      expect(error).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED' });
      expect((error as Error).message).toContain('is no coordinator');
    }
  });

  it('repeats what the coordinator says', async () => {
    const { client } = await script({ '/query': [{ status: 500, body: { message: 'no gid specified' } }] });
    expect(await failure(client.query(''))).toMatchObject({
      message: 'the coordinator refused (status 500): no gid specified',
    });
  });
});

describe('DtxClient, stopping a transaction by force,', () => {
  const FINISHED = conflict('global transaction force stop error. status: failed. error: FAILURE');

  it('posts its gid', async () => {
    const { server, client } = await script({ '/forceStop': [OK] });
    await client.forceStop('g1');
    expect(server.received[0]).toMatchObject({ method: 'POST', url: '/api/dtmsvr/forceStop', body: { gid: 'g1' } });
  });

  it('reports that it was finished already', async () => {
    const { client } = await script({ '/forceStop': [FINISHED], '/query': [transaction('failed')] });
    expect(await failure(client.forceStop('g1'))).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 409 });
  });

  it('succeeds if a try whose answer was lost has stopped it', async () => {
    const { client } = await script({ '/forceStop': ['reset', FINISHED], '/query': [transaction('failed')] });
    await expect(client.forceStop('g1')).resolves.toBeUndefined();
  });

  it('does not take a success that came in between for a stop', async () => {
    const { client } = await script({ '/forceStop': ['reset', FINISHED], '/query': [transaction('succeed')] });
    expect(await failure(client.forceStop('g1'))).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED' });
  });
});

describe('the options of DtxClient', () => {
  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs must be a positive integer, not 0'],
    [{ waitTimeoutMs: Number.NaN }, 'waitTimeoutMs must be a positive integer, not NaN'],
    [{ connections: 1.5 }, 'connections must be a positive integer, not 1.5'],
    [{ coordinator: 'tm:36789' }, "coordinator 'tm:36789' is no http or https URL"],
  ])('%j are refused', (options, message) => {
    const build = () => new DtxClient({ coordinator: 'http://tm', ...options });
    expect(build).toThrow(message);
    expect(build).toThrow(expect.objectContaining({ code: 'DTX_INVALID_CONFIG' }));
  });
});
