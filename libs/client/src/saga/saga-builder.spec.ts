import { SagaBuilder } from './saga-builder';
import type { SagaRequest } from './saga-request';

const unused = () => Promise.reject(new Error('must not be submitted'));
const saga = (gid = 'g1') => new SagaBuilder(gid, unused);

describe('SagaBuilder', () => {
  it('writes the smallest request for a plain sequence', () => {
    const request = saga()
      .step('bank-a/withdraw', { from: 'alice', amount: 30 })
      .step('bank-b/deposit', { to: 'bob', amount: 30 })
      .toRequest();
    expect(JSON.parse(JSON.stringify(request))).toEqual({
      gid: 'g1',
      trans_type: 'saga',
      steps: [
        { action: 'svc://bank-a/withdraw', compensate: 'svc://bank-a/withdraw' },
        { action: 'svc://bank-b/deposit', compensate: 'svc://bank-b/deposit' },
      ],
      payloads: ['{"from":"alice","amount":30}', '{"to":"bob","amount":30}'],
    });
  });

  it('writes every option under its name on the wire', () => {
    const request = saga()
      .add('http://air/book', 'http://air/unbook', { seat: '12A' })
      .add('http://hotel/book', '', 'two nights')
      .concurrent()
      .order(1, [0])
      .waitResult()
      .timeoutToFail(60)
      .retryInterval(5)
      .retryLimit(3)
      .requestTimeout(7)
      .branchHeaders({ 'x-tenant': 'acme', 'x-user': '1' })
      .branchHeaders({ 'x-user': '2' })
      .toRequest();
    expect(JSON.parse(JSON.stringify(request))).toEqual({
      gid: 'g1',
      trans_type: 'saga',
      steps: [
        { action: 'http://air/book', compensate: 'http://air/unbook' },
        { action: 'http://hotel/book', compensate: '' },
      ],
      payloads: ['{"seat":"12A"}', '"two nights"'],
      custom_data: '{"concurrent":true,"orders":{"1":[0]}}',
      concurrent: true,
      wait_result: true,
      timeout_to_fail: 60,
      retry_interval: 5,
      retry_limit: 3,
      request_timeout: 7,
      branch_headers: { 'x-tenant': 'acme', 'x-user': '2' },
    });
  });

  it('writes custom data only where the order is not the plain one', () => {
    const three = () => saga().step('a/x', 1).step('a/y', 2).step('a/z', 3);
    expect(three().toRequest()).not.toHaveProperty('custom_data');
    expect(three().concurrent().toRequest().custom_data).toBe('{"concurrent":true}');
    expect(three().concurrent().concurrent(false).toRequest()).not.toHaveProperty('custom_data');
    expect(three().order(2, [0]).toRequest().custom_data).toBe('{"concurrent":false,"orders":{"2":[0]}}');
    const merged = three().concurrent().order(2, [0]).order(2, [1]).toRequest();
    expect(merged.custom_data).toBe('{"concurrent":true,"orders":{"2":[0,1]}}');
  });

  it('sends no body where the payload is left out, and JSON for every other one', () => {
    const request = saga().step('a/x').step('a/y', null).step('a/z', '').add('http://b/x', '').toRequest();
    expect(request.payloads).toEqual(['', 'null', '""', '']);
  });

  it('may be built in several statements as well as in one', () => {
    const builder = saga();
    for (const seat of [1, 2]) builder.step('air/book', { seat });
    builder.retryLimit(2);
    expect(builder.toRequest()).toMatchObject({ payloads: ['{"seat":1}', '{"seat":2}'], retry_limit: 2 });
  });

  it('hands out requests that later changes do not reach', () => {
    const builder = saga().step('a/x', 1);
    const request = builder.toRequest();
    builder.step('a/y', 2);
    expect(request.steps).toHaveLength(1);
    expect(request.payloads).toHaveLength(1);
  });

  it('is fixed by its submit, which may be repeated as it is', async () => {
    const sent: SagaRequest[] = [];
    const builder = new SagaBuilder('g1', async (request) => {
      sent.push(request);
      if (sent.length === 1) throw new Error('the answer was lost');
      return { gid: request.gid };
    }).step('a/x', 1);
    await expect(builder.submit()).rejects.toThrow('the answer was lost');
    const changes = [
      () => builder.step('a/y', 2),
      () => builder.add('http://a/y', '', 2),
      () => builder.order(0, []),
      () => builder.concurrent(),
      () => builder.waitResult(),
      () => builder.branchHeaders({ a: 'b' }),
    ];
    for (const change of changes) expect(change).toThrow('saga g1 was submitted already and cannot be changed');
    expect(await builder.submit()).toEqual({ gid: 'g1' });
    expect(sent[1]).toEqual(sent[0]);
  });
});

describe('SagaBuilder refuses, before anything is sent,', () => {
  const invalid = (field: string) => expect.objectContaining({ code: 'DTX_INVALID_REQUEST', field });

  it.each(['', 'bank', '/withdraw', 'bank/', 'bank/a/b', 'http://bank/withdraw', 'bank/with draw'])(
    'the step name %j',
    (name) => {
      expect(() => saga().step('a/x', 1).step(name, 2)).toThrow(invalid('steps[1].name'));
    },
  );

  it('a payload without a JSON form', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const payload of [undefined, 10n, { amount: 10n }, circle, () => 1, Symbol('x')]) {
      expect(() => saga().step('a/x', 1).step('a/y', payload)).toThrow(invalid('payloads[1]'));
    }
  });

  it.each([
    [5, [0]],
    [1, [2]],
    [-1, [0]],
    [1, [0.5]],
  ])('an order of steps that do not exist: %i after %j', async (step, before) => {
    const builder = saga().step('a/x', 1).step('a/y', 2).concurrent().order(step, before);
    expect(() => builder.toRequest()).toThrow(invalid(`orders[${step}]`));
    await expect(builder.submit()).rejects.toEqual(invalid(`orders[${step}]`));
  });

  it('a saga without steps', () => {
    expect(() => saga().toRequest()).toThrow(invalid('steps'));
  });

  it.each(['', 'a;b', 'a\nb', 'x'.repeat(129)])('the gid %j', (gid) => {
    expect(() => saga(gid)).toThrow(invalid('gid'));
  });

  it('a URL, a duration, a limit or a header that no coordinator takes', () => {
    const one = () => saga().step('a/x', 1);
    expect(() => one().add(undefined as unknown as string, '')).toThrow(invalid('steps[1].action'));
    expect(() => one().add('', null as unknown as string)).toThrow(invalid('steps[1].compensate'));
    expect(() => one().add('http://a/\n', '').toRequest()).toThrow(invalid('steps[1].action'));
    expect(() => one().timeoutToFail(1.5).toRequest()).toThrow(invalid('timeout_to_fail'));
    expect(() => one().retryInterval(-1).toRequest()).toThrow(invalid('retry_interval'));
    expect(() => one().requestTimeout(Number.NaN).toRequest()).toThrow(invalid('request_timeout'));
    expect(() => one().retryLimit(9_999_999_999).toRequest()).toThrow(invalid('retry_limit'));
    expect(() => one().branchHeaders({ host: 'evil' }).toRequest()).toThrow(invalid('branch_headers'));
  });
});
