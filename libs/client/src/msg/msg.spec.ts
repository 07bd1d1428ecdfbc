import { ANSWERS, type ScriptedService } from '@nestjs-dtx/testing';
import { Barrier } from '../barrier/barrier';
import { OPENING_BALANCE, Participant } from '../barrier/participant.spec-helper';
import { failure, participant, script } from '../client-fixture.spec-helper';
import type { DtxClient } from '../dtx-client';
import { BranchFailureError } from '../errors/branch-failure.error';
import { conflict, OK, transaction } from '../scripted-coordinator.spec-helper';
import type { MsgBuilder } from './msg-builder';

const WELL = { '/prepare': [OK], '/submit': [OK], '/abort': [OK] };

describe('MsgBuilder', () => {
  it('writes the smallest request', async () => {
    const { server, client } = await script(WELL);
    const message = client.msg('m1').step('points/award', { n: 10 }).add('http://mail/send').topic('order.paid', 7);
    expect(await message.submit()).toEqual({ gid: 'm1' });
    expect(server.received).toMatchObject([
      {
        url: '/api/dtmsvr/submit',
        body: {
          gid: 'm1',
          trans_type: 'msg',
          steps: [{ action: 'svc://points/award' }, { action: 'http://mail/send' }, { action: 'topic://order.paid' }],
          payloads: ['{"n":10}', '', '7'],
        },
      },
    ]);
    expect(Object.keys(server.received[0]?.body as object)).toHaveLength(4);
  });

  it('writes every option under its name on the wire', async () => {
    const { client } = await script(WELL);
    const message = client
      .msg('m1')
      .add('http://mail/send', {})
      .delay(10)
      .concurrent()
      .waitResult()
      .timeoutToFail(60)
      .retryInterval(5)
      .requestTimeout(7)
      .branchHeaders({ 'x-tenant': 'acme' })
      .maxAttempts(9)
      .onComplete('http://shop/done')
      .businessKey('order 1');
    expect(message.toRequest('shop/check')).toEqual({
      gid: 'm1',
      trans_type: 'msg',
      steps: [{ action: 'http://mail/send' }],
      payloads: ['{}'],
      query_prepared: 'svc://shop/check',
      custom_data: '{"delay":10}',
      concurrent: true,
      wait_result: true,
      timeout_to_fail: 60,
      retry_interval: 5,
      request_timeout: 7,
      branch_headers: { 'x-tenant': 'acme' },
      max_attempts: 9,
      on_complete: 'http://shop/done',
      business_key: 'order 1',
    });
    expect(message.toRequest('http://shop/check').query_prepared).toBe('http://shop/check');
  });

  it('finds what is wrong before anything is sent', async () => {
    const { server, client } = await script(WELL);
    const message = () => client.msg('m1').add('http://mail/send');
    expect(await failure(client.msg('m1').submit())).toMatchObject({ field: 'steps' });
    expect(() => client.msg('m1').step('award')).toThrow(expect.objectContaining({ field: 'steps[0].name' }));
    expect(() => client.msg('m1').topic('')).toThrow(expect.objectContaining({ field: 'topic' }));
    expect(() => client.msg('m1').add('http://a', undefined)).toThrow(
      expect.objectContaining({ field: 'payloads[0]' }),
    );
    expect(await failure(message().delay(-1).submit())).toMatchObject({ field: 'delay' });
    for (const queryPrepared of ['', 'check', 'a/b/c']) {
      expect(await failure(message().prepare(queryPrepared))).toMatchObject({ field: 'queryPrepared' });
    }
    expect(server.received).toHaveLength(0);
  });

  it('is fixed once it was sent, and may be submitted after it was prepared', async () => {
    const { server, client } = await script(WELL);
    const message = client.msg('m1').add('http://mail/send');
    await message.prepare('http://shop/check');
    expect(() => message.delay(10)).toThrow('msg m1 was submitted already');
    expect(() => message.add('http://b')).toThrow('msg m1 was submitted already');
    await message.submit();
    expect(server.received.map(({ url }) => url)).toEqual(['/api/dtmsvr/prepare', '/api/dtmsvr/submit']);
    expect(server.received[0]?.body).toMatchObject({ query_prepared: 'http://shop/check' });
  });

  it('tells that a message was dropped which is submitted too late', async () => {
    const { client } = await script({
      '/submit': [conflict("current status 'failed', cannot sumbmit. FAILURE")],
      '/query': [transaction('failed')],
    });
    expect(await failure(client.msg('g1').add('http://mail/send').submit())).toMatchObject({
      code: 'DTX_TRANSACTION_FAILED',
    });
  });
});

/** Every line of the table of spec 9.3. */
describe('doAndSubmit', () => {
  let shop: ScriptedService;

  beforeEach(async () => {
    shop = await participant();
  });

  const message = (client: DtxClient) =>
    client.msg('g1').add('http://mail/send', {}).branchHeaders({ 'x-tenant': 'a' });
  const commands = (received: readonly { url: string }[]) => received.map(({ url }) => url.replace('/api/dtmsvr/', ''));

  it('prepares, runs the local transaction, and submits', async () => {
    const { server, client } = await script(WELL);
    const result = await message(client).doAndSubmit(`${shop.url}/check`, async (info) => {
      expect(info).toEqual({ transType: 'msg', gid: 'g1', branchId: '00', op: 'msg' });
      expect(commands(server.received)).toEqual(['prepare']);
      return 'order 7';
    });
    expect(result).toBe('order 7');
    expect(commands(server.received)).toEqual(['prepare', 'submit']);
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    expect(shop.calls).toHaveLength(0);
  });

  it('does not run the local transaction when the message cannot be prepared', async () => {
    const { server, client } = await script({ '/prepare': [{ status: 500, body: { message: 'topic not found' } }] });
    const outcome = message(client).doAndSubmit(shop.url, () => Promise.reject(new Error('must not run')));
    expect(await failure(outcome)).toMatchObject({
      code: 'DTX_COORDINATOR_REFUSED',
      message: 'the coordinator refused (status 500): topic not found',
    });
    expect(commands(server.received)).toEqual(['prepare']);
  });

  it('drops the message when the local transaction refuses, without asking', async () => {
    const { server, client } = await script(WELL);
    const outcome = message(client).doAndSubmit(shop.url, () => Promise.reject(new BranchFailureError('no stock')));
    expect(await failure(outcome)).toMatchObject({ message: 'no stock' });
    expect(commands(server.received)).toEqual(['prepare', 'abort']);
    expect(server.received[1]?.body).toEqual({ gid: 'g1', trans_type: 'msg' });
    expect(shop.calls).toHaveLength(0);
  });

  it.each([
    ['committed', ANSWERS.success, ['prepare', 'submit']],
    ['not committed', ANSWERS.failure, ['prepare', 'abort']],
    ['still open', ANSWERS.ongoing, ['prepare']],
    ['unknown', ANSWERS.error, ['prepare']],
  ])('asks whether the local transaction was committed when it breaks: %s', async (_, answer, expected) => {
    const { server, client } = await script(WELL);
    shop.script = () => answer;
    const outcome = message(client).doAndSubmit(`${shop.url}/check`, () =>
      Promise.reject(new Error('connection lost')),
    );
    expect(await failure(outcome)).toMatchObject({ message: 'connection lost' });
    expect(commands(server.received)).toEqual(expected);
    expect(shop.calls).toMatchObject([
      {
        method: 'GET',
        path: '/check',
        query: { gid: 'g1', trans_type: 'msg', branch_id: '00', op: 'msg', dtm: `${server.url}/api/dtmsvr` },
        headers: { 'x-tenant': 'a' },
      },
    ]);
  });

  it.each(['/submit', '/abort'])('throws the error of the local transaction when %s fails after it', async (path) => {
    const { client } = await script({ ...WELL, [path]: [conflict('no. FAILURE')], '/query': [transaction(null)] });
    shop.script = () => (path === '/submit' ? ANSWERS.success : ANSWERS.failure);
    const outcome = message(client).doAndSubmit(shop.url, () => Promise.reject(new Error('mine')));
    expect(await failure(outcome)).toMatchObject({ message: 'mine' });
  });

  it.each([
    ['by doAndSubmit', (each: MsgBuilder) => each.doAndSubmit(shop.url, async () => 'committed')],
    ['by prepare and submit', (each: MsgBuilder) => each.prepare(shop.url).then(() => each.submit())],
  ])('leaves the outcome open when the submit is turned away: the check-back decides (%s)', async (_, send) => {
    const busy = { status: 503, headers: { 'retry-after': '3600' }, body: { code: 'DTX_OVERLOADED', message: 'busy' } };
    const { client } = await script({ ...WELL, '/submit': [busy] });
    expect(await failure(send(message(client)))).toMatchObject({
      code: 'DTX_COORDINATOR_UNREACHABLE',
      outcome: 'unknown',
      retryAfterSeconds: 3600,
    });
  });

  it("throws the submit's error when the local transaction was committed", async () => {
    const { client } = await script({ ...WELL, '/submit': ['reset'], '/query': ['reset'] });
    const outcome = message(client).doAndSubmit(shop.url, async () => 'committed');
    expect(await failure(outcome)).toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE' });
  });
});

describe('doAndSubmitDb', () => {
  let database: Participant;
  let shop: ScriptedService;

  beforeEach(async () => {
    database = new Participant();
    shop = await participant();
    shop.script = async () => ((await database.checkBack(MESSAGE)) === 'committed' ? ANSWERS.success : ANSWERS.failure);
  });
  afterEach(() => database.close());

  const MESSAGE = { transType: 'msg', gid: 'g1', branchId: '00', op: 'msg' };

  function send(client: DtxClient, fails?: Error, lost?: Error): Promise<string> {
    const local = {
      dialect: 'sqlite',
      inTransaction: async <T>(work: (executor: Parameters<typeof database.move>[0]) => Promise<T>): Promise<T> => {
        const result = await database.inTransaction(work);
        if (lost) throw lost;
        return result;
      },
    } as const;
    const message = client.msg('g1').add('http://mail/send', {});
    return message.doAndSubmitDb(`${shop.url}/check`, local, async (executor) => {
      await database.move(executor, MESSAGE, -30);
      if (fails) throw fails;
      return 'moved';
    });
  }

  it('commits effect and barrier row together, and submits', async () => {
    const { server, client } = await script(WELL);
    expect(await send(client)).toBe('moved');
    expect(database.balance).toBe(OPENING_BALANCE - 30);
    expect(database.barrierRows).toMatchObject([
      { gid: 'g1', branch_id: '00', op: 'msg', barrier_id: '01', reason: 'msg' },
    ]);
    expect(server.requests('/submit')).toHaveLength(1);
  });

  it.each([new BranchFailureError('no stock'), new TypeError('bug')])(
    'drops the message when the work fails: %s',
    async (error) => {
      const { server, client } = await script(WELL);
      expect(await failure(send(client, error))).toBe(error);
      expect(database.balance).toBe(OPENING_BALANCE);
      expect(server.requests('/abort')).toHaveLength(1);
      expect(server.requests('/submit')).toHaveLength(0);
    },
  );

  it('delivers a message whose commit came through although its answer was lost', async () => {
    const { server, client } = await script(WELL);
    expect(await failure(send(client, undefined, new Error('connection lost')))).toMatchObject({
      message: 'connection lost',
    });
    expect(database.balance).toBe(OPENING_BALANCE - 30);
    expect(server.requests('/submit')).toHaveLength(1);
  });

  it('commits nothing once the check-back has said so', async () => {
    const { server, client } = await script(WELL);
    expect(await database.checkBack(MESSAGE)).toBe('rolled-back');
    expect(await failure(send(client))).toMatchObject({ code: 'DTX_BARRIER_DUPLICATED' });
    expect(database.balance).toBe(OPENING_BALANCE);
    expect(server.requests('/abort')).toHaveLength(1);
  });

  it('commits once, and releases the message, when its sender starts again after a crash', async () => {
    const { server, client } = await script(WELL);
    await database.call(new Barrier(MESSAGE, { dialect: 'sqlite' }), async () => {});
    expect(await failure(send(client))).toMatchObject({ code: 'DTX_BARRIER_DUPLICATED' });
    expect(database.balance).toBe(OPENING_BALANCE);
    expect(server.requests('/submit')).toHaveLength(1);
  });
});
