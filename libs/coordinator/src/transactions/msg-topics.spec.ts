import { newGid } from '@nestjs-dtx/protocol';
import { ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';

const JSON_RPC = { protocol: 'json-rpc', payloads: ['[]', '{}'] };

describe('a message to a topic', () => {
  let service: ScriptedService;
  let rig: CoordinatorRig;
  let log: CapturedLog;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    rig = CoordinatorRig.create();
    gid = newGid();
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop()]);
    log.restore();
  });

  const body = (more: object = {}): object => ({
    gid,
    trans_type: 'msg',
    steps: [{ action: 'topic://order.paid' }, { action: `${service.url}/last` }],
    payloads: ['{"order":19}', '{}'],
    query_prepared: `${service.url}/check`,
    wait_result: true,
    ...more,
  });
  const subscribe = (path: string): Promise<void> => rig.parts.topics.subscribe('order.paid', service.url + path, '');
  const called = (): string[] => service.calls.map(({ path, query }) => `${path} ${query['branch_id']}`);

  test('goes to every subscriber in the order of their subscription', async () => {
    await subscribe('/points');
    await subscribe('/mail');
    expect(await rig.submit(body())).toEqual({ result: 'success' });
    expect(called()).toEqual(['/points 01-01', '/mail 01-02', '/last 02']);
    expect(service.calls[1]!.body.toString()).toBe('{"order":19}');
  });

  test('keeps the number of its step for a single subscriber', async () => {
    await subscribe('/points');
    await rig.submit(body());
    expect(called()).toEqual(['/points 01', '/last 02']);
  });

  test('goes to those that had subscribed when it was prepared, whatever has become of the topic', async () => {
    await subscribe('/points');
    await rig.prepare(body());
    await subscribe('/mail');
    expect(await rig.submit(body())).toEqual({ result: 'success' });
    expect(called()).toEqual(['/points 01', '/last 02']);
  });

  test('is delivered even if its topic is deleted before it is submitted', async () => {
    await subscribe('/points');
    await rig.prepare(body());
    await rig.parts.topics.delete('order.paid');
    expect(await rig.submit(body())).toEqual({ result: 'success' });
    expect(called()).toEqual(['/points 01', '/last 02']);
  });

  test('may be prepared again even if its topic is deleted meanwhile', async () => {
    await subscribe('/points');
    await rig.prepare(body());
    await rig.parts.topics.delete('order.paid');
    await rig.prepare(body());
    expect(await rig.state(gid)).toBe('prepared P P');
  });

  test.each([
    ['was left by all', () => rig.parts.topics.unsubscribe('order.paid', `${service.url}/points`)],
    ['was deleted', () => rig.parts.topics.delete('order.paid')],
  ])('is refused when the topic %s', async (_what, empty) => {
    await subscribe('/points');
    await empty();
    await expect(rig.submit(body())).rejects.toMatchObject({ message: 'topic not found' });
    await expect(rig.prepare(body())).rejects.toMatchObject({ message: 'topic not found' });
    expect(await rig.store.find(gid)).toBeUndefined();
    expect(rig.parts.admission.size).toBe(0);
  });

  test.each([
    ['a subscriber that no built-in transport reaches', 'bank:58081/bank.Bank/Award', {}, /^steps name a topic with/],
    ['a payload that a subscriber cannot take', 'http://bank/rpc?method=award', JSON_RPC, /^payloads of a step with/],
  ])('is refused because of %s, and nothing is stored', async (_what, url, more, message) => {
    await subscribe('/points');
    await rig.parts.topics.subscribe('order.paid', url, '');
    await expect(rig.submit(body(more))).rejects.toMatchObject({
      code: 'DTX_INVALID_REQUEST',
      message: expect.stringMatching(message),
    });
    expect(await rig.store.find(gid)).toBeUndefined();
    expect(rig.parts.admission.size).toBe(0);
  });
});
