import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, failure, oneStep, script } from '../client-fixture.spec-helper';
import { OK, transaction, type Scripted } from '../scripted-coordinator.spec-helper';

const BUSY = (code: string, headers: Record<string, string> = { 'retry-after': '0' }): Scripted => ({
  status: 503,
  headers,
  body: { code, message: 'try again in a moment' },
});

/** @returns an address at which nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

describe('DtxClient, when the coordinator cannot be reached,', () => {
  it('says that the outcome is unknown after a bounded number of lost answers', async () => {
    const { server, client } = await script({ '/submit': ['reset'], '/query': ['reset'] });
    const error = await failure(oneStep(client).submit());
    expect(error).toMatchObject({
      name: 'CoordinatorUnreachableError',
      code: 'DTX_COORDINATOR_UNREACHABLE',
      gid: 'g1',
      outcome: 'unknown',
    });
    expect((error as Error).message).toContain('the outcome of transaction g1 is unknown');
    expect((error as Error).cause).toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) as string,
    });
    expect(server.requests('/submit')).toHaveLength(4);
  });

  it.each(['succeed', 'submitted'])('still resolves if a query then finds the transaction %s', async (status) => {
    const { client } = await script({ '/submit': ['reset'], '/query': [transaction(status)] });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
  });

  it('stays with "unknown" if a query does not find it, as a lost request may still arrive', async () => {
    const { client } = await script({ '/submit': ['reset'], '/query': [transaction(null)] });
    expect(await failure(oneStep(client).submit())).toMatchObject({ outcome: 'unknown' });
  });

  it('does not call a lost request refused because its repeat was', async () => {
    const { client } = await script({
      '/submit': ['reset', { status: 500, body: { message: 'internal error' } }],
      '/query': [transaction(null)],
    });
    expect(await failure(oneStep(client).submit())).toMatchObject({
      code: 'DTX_COORDINATOR_UNREACHABLE',
      outcome: 'unknown',
      cause: { code: 'DTX_COORDINATOR_REFUSED' },
    });
  });

  it('says that nothing was submitted when no connection was ever made', async () => {
    const url = await deadAddress();
    const error = await failure(oneStep(connect(url)).submit());
    expect(error).toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE', gid: 'g1', outcome: 'not-submitted' });
    expect((error as Error).message).toBe(
      `coordinator ${url}/api/dtmsvr does not answer; transaction g1 was not submitted`,
    );
  });

  it('gives up within its time when the coordinator hangs', async () => {
    const { server, client } = await script({ '/submit': ['hang'], '/query': ['hang'] }, { timeoutMs: 600 });
    expect(await failure(oneStep(client).submit())).toMatchObject({ outcome: 'unknown' });
    expect(server.requests('/submit').length).toBeGreaterThan(1);
  });

  it('is reported by queries, commands and version alike', async () => {
    const client = connect(await deadAddress());
    for (const call of [client.query('g1'), client.forceStop('g1')]) {
      expect(await failure(call)).toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE', gid: 'g1' });
    }
    expect(await failure(client.version())).toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE', gid: undefined });
  });

  it('reports at once that nothing was submitted once it is closed itself', async () => {
    const { server, client } = await script({ '/submit': [OK] });
    await client.close();
    await client.close();
    expect(await failure(oneStep(client).submit())).toMatchObject({ outcome: 'not-submitted' });
    expect(server.received).toHaveLength(0);
  });
});

describe('DtxClient, when the coordinator is busy,', () => {
  it('comes back when it was asked to', async () => {
    const { server, client } = await script({ '/submit': [BUSY('DTX_OVERLOADED', { 'retry-after': '1' }), OK] });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
    const [first, second] = server.requests('/submit');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('comes back more often than after lost answers, as long as its time allows', async () => {
    const { server, client } = await script({ '/submit': [...Array<Scripted>(9).fill(BUSY('DTX_OVERLOADED')), OK] });
    expect(await oneStep(client).submit()).toEqual({ gid: 'g1' });
    expect(server.requests('/submit')).toHaveLength(10);
  });

  it.each(['DTX_OVERLOADED', 'DTX_SHUTTING_DOWN'])(
    'gives up when asked to wait longer than it may (%s)',
    async (code) => {
      const { server, client } = await script({ '/submit': [BUSY(code, { 'retry-after': '3600' })] });
      const error = await failure(oneStep(client).submit());
      expect(error).toMatchObject({
        code: 'DTX_COORDINATOR_UNREACHABLE',
        outcome: 'not-submitted',
        retryAfterSeconds: 3600,
        message: expect.stringContaining(
          'is busy: the coordinator refused (status 503): try again in a moment; transaction g1 was not submitted',
        ) as string,
      });
      expect((error as Error).cause).toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 503 });
      expect(server.received).toHaveLength(1);
    },
  );

  it.each([
    ['a store that failed', BUSY('DTX_STORE_UNAVAILABLE', { 'retry-after': '3600' })],
    ['a proxy', { status: 502, headers: { 'retry-after': '3600' }, body: '<html>bad gateway</html>' }],
  ])('does not take the word of %s for "not submitted"', async (_, busy) => {
    const { client } = await script({ '/submit': [busy], '/query': [transaction(null)] });
    expect(await failure(oneStep(client).submit())).toMatchObject({ outcome: 'unknown' });
  });
});
