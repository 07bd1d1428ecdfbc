import { Gate, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import type { Alert } from './alert';
import { AlertHook, type AlertHookOptions } from './alert-hook';
import type { AlertSender } from './alert-sender';

/** Answers as it is told: the reason why an alert is not taken, or nothing. */
class ScriptedSender implements AlertSender {
  readonly sent: string[] = [];
  closed = false;
  script: (gid: string) => string | undefined | Promise<string | undefined> = () => undefined;

  async send({ gid }: Alert): Promise<string | undefined> {
    this.sent.push(gid);
    return this.script(gid);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** Longer than any test. Milliseconds. */
const PATIENCE = 60_000;

describe('the alert web hook', () => {
  let log: CapturedLog;
  let sender: ScriptedSender;
  let hook: AlertHook;

  beforeEach(() => {
    log = CapturedLog.start();
    sender = new ScriptedSender();
    open();
  });

  afterEach(async () => {
    await hook.close(0);
    log.restore();
  });

  function open(options: AlertHookOptions = { pauseMs: 1 }): void {
    hook = new AlertHook(sender, options);
  }

  const alert = (gid: string): Alert => ({
    gid,
    status: 'submitted',
    branch: 'http://bank/in',
    error: 'status 500: broken',
    retry_count: 3,
    kind: 'retry',
    trans_type: 'saga',
    branch_id: '02',
    op: 'action',
    business_key: '',
    time: '2026-01-01T00:00:00.000Z',
  });

  const push = (...gids: string[]): void => gids.forEach((gid) => hook.push(alert(gid)));

  test('is told one after the other, in order', async () => {
    const gate = new Gate();
    sender.script = async () => {
      await gate.pass();
      return undefined;
    };
    push('a', 'b', 'c');
    expect(sender.sent).toEqual(['a']);
    gate.open();
    await until(() => sender.sent.length === 3);
    expect(sender.sent).toEqual(['a', 'b', 'c']);
    expect(log.lines).toEqual([]);
  });

  test('is told again what it did not take, with one line when that begins and one when it ends', async () => {
    let isDown = true;
    sender.script = () => (isDown ? 'status 500' : undefined);
    push('a', 'b');
    await until(() => sender.sent.length > 8);
    isDown = false;
    await until(() => log.of('info').length > 0);
    expect(new Set(sender.sent)).toEqual(new Set(['a', 'b']));
    expect(log.lines).toEqual([
      'error alerts cannot be delivered and will be repeated: status 500',
      'info the alert web hook takes alerts again',
    ]);
    const count = sender.sent.length;
    push('c');
    await until(() => sender.sent.length > count);
    expect(sender.sent.at(-1)).toBe('c');
  });

  test('is told the others while one of them is refused', async () => {
    open({ pauseMs: PATIENCE });
    sender.script = (gid) => (gid === 'poisoned' ? 'status 500' : undefined);
    push('a', 'poisoned', 'b', 'c');
    await until(() => sender.sent.length === 4);
    expect(log.of('info')).toEqual([]);
  });

  test('gives up one that is refused for ever, and says that it did', async () => {
    open({ pauseMs: 0.05 });
    sender.script = (gid) => (gid === 'poisoned' ? 'status 422' : undefined);
    push('poisoned');
    await until(() => log.of('warn').length > 0);
    expect(sender.sent).toHaveLength(20);
    push('a');
    await until(() => log.of('info').length > 0);
    expect(log.lines).toEqual([
      'error alerts cannot be delivered and will be repeated: status 422',
      'warn alerts are dropped, the oldest first: the alert web hook does not take them',
      'info the alert web hook takes alerts again; 1 were dropped',
    ]);
  });

  test('drops the oldest when too many wait, but not the one under way, with one line', async () => {
    open({ most: 3 });
    const gate = new Gate();
    sender.script = async () => {
      await gate.pass();
      return undefined;
    };
    push('a', 'b', 'c', 'd', 'e');
    gate.open();
    await until(() => log.of('info').length > 0);
    expect(sender.sent.slice(0, 2)).toEqual(['a', 'd']);
    await until(() => sender.sent.length === 3);
    expect(sender.sent).toEqual(['a', 'd', 'e']);
    expect(log.lines).toEqual([
      'warn alerts are dropped, the oldest first: the alert web hook does not take them',
      'info the alert web hook takes alerts again; 2 were dropped',
    ]);
  });

  test('is told what waits before the end, those that were refused included, and nothing afterwards', async () => {
    open({ pauseMs: PATIENCE });
    sender.script = () => (sender.sent.length <= 2 ? 'status 500' : undefined);
    push('a', 'b');
    await until(() => sender.sent.length === 2);
    await hook.close(PATIENCE);
    push('c');
    expect(sender.sent).toEqual(['a', 'b', 'a', 'b']);
    expect(sender.closed).toBe(true);
    expect(log.of('warn')).toEqual([]);
  });

  test('does not hold up the end when it hangs or refuses, and the loss is told', async () => {
    const gate = new Gate();
    sender.script = async () => {
      await gate.pass();
      return undefined;
    };
    push('a', 'b');
    await hook.close(10);
    expect(log.of('warn')).toEqual(['warn 2 alerts were not delivered before the end']);
    gate.open();

    log.lines.length = 0;
    open({ pauseMs: PATIENCE });
    sender.script = () => 'status 500';
    push('c');
    await hook.close(PATIENCE);
    expect(log.of('warn')).toEqual(['warn 1 alerts were not delivered before the end']);
  });
});
