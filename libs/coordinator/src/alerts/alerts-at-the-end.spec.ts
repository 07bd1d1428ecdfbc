import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ScriptedService } from '@nestjs-dtx/testing';
import { send } from '../api/http/http.spec-helper';
import { CapturedLog } from '../captured-log.spec-helper';
import { sagaBody } from '../coordinator-rig.spec-helper';
import { startCoordinator } from '../start-coordinator';

describe('the end of a coordinator', () => {
  test('brings to the web hook what waits, that of the last calls included', async () => {
    const log = CapturedLog.start();
    const [service, pager] = await Promise.all([ScriptedService.start(), ScriptedService.start()]);
    const coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'memory' },
      settings: { alertWebHook: pager.url },
    });
    const gate = new Gate();
    service.script = async () => {
      if (service.calls.length === 3) await gate.pass();
      return ANSWERS.error;
    };
    const body = sagaBody(service, newGid(), { retry_limit: 5 });
    await send('POST', `${coordinator.url}/api/dtmsvr/submit`, JSON.stringify(body));
    await service.received(3);
    const closed = coordinator.close();
    gate.open();
    await closed;
    expect(pager.calls.map(({ body: alert }) => JSON.parse(String(alert)))).toEqual([
      expect.objectContaining({ retry_count: 3 }),
    ]);
    expect(log.of('warn').filter((line) => line.includes('alerts'))).toEqual([]);
    await Promise.all([service.stop(), pager.stop()]);
    log.restore();
  });
});
