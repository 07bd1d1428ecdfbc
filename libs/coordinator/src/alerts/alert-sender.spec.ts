import { Gate, ScriptedService } from '@nestjs-dtx/testing';
import type { Alert } from './alert';
import { HttpAlertSender } from './alert-sender';

const ALERT: Alert = {
  gid: 'g1',
  status: 'aborting',
  branch: 'http://bank/out-undo',
  error: 'status 500: broken',
  retry_count: 3,
  kind: 'retry',
  trans_type: 'saga',
  branch_id: '01',
  op: 'compensate',
  business_key: 'order-7',
  time: '2026-01-01T00:00:00.000Z',
};

describe('an alert on its way to the web hook', () => {
  let service: ScriptedService;
  let sender: HttpAlertSender;

  beforeEach(async () => {
    service = await ScriptedService.start();
    sender = new HttpAlertSender(`${service.url}/alerts?team=a`, 5000);
  });

  afterEach(async () => {
    await Promise.all([sender.close(), service.stop()]);
  });

  test('is a POST of JSON to exactly the URL', async () => {
    expect(await sender.send(ALERT)).toBeUndefined();
    const [call] = service.calls;
    expect(call).toMatchObject({ method: 'POST', url: '/alerts?team=a' });
    expect(call?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(String(call?.body))).toEqual(ALERT);
  });

  test('carries the credentials of the URL', async () => {
    await sender.close();
    sender = new HttpAlertSender(service.url.replace('//', '//team:p%40ss@'), 5000);
    await sender.send(ALERT);
    const expected = `Basic ${Buffer.from('team:p@ss').toString('base64')}`;
    expect(service.calls[0]?.headers['authorization']).toBe(expected);
  });

  test.each([
    [200, undefined],
    [204, undefined],
    [302, 'status 302'],
    [404, 'status 404'],
    [500, 'status 500'],
  ])('is taken or not by the status alone: %i', async (status, expected) => {
    service.script = () => ({ status, headers: { location: '/elsewhere' } });
    expect(await sender.send(ALERT)).toBe(expected);
    expect(service.calls).toHaveLength(1);
  });

  test('that gets no answer is not taken', async () => {
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return { status: 200 };
    };
    const impatient = new HttpAlertSender(service.url, 20);
    expect(await impatient.send(ALERT)).toBe('no answer within 20 ms');
    await impatient.close();
    gate.open();
    await service.stop();
    expect(await sender.send(ALERT)).toMatch(/ECONNREFUSED/);
  });
});
