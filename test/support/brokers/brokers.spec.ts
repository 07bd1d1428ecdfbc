import { Cleanup } from '../cleanup';
import { describeBrokers } from './describe-brokers.spec-helper';
import { startBroker } from './index';
import { reach } from './private-broker';

describe('a private broker', () => {
  describeBrokers(['redis', 'nats', 'rabbitmq', 'mosquitto', 'kafka'], (name) => {
    const cleanup = new Cleanup();
    afterEach(() => cleanup.run());

    it('starts, stops and starts again on its port', async () => {
      const broker = await startBroker(cleanup, name);
      await broker.stop();
      await expect(reach(broker.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await broker.start();
      await broker.kill();
      await expect(reach(broker.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await broker.start();
      await reach(broker.port);
    });
  });
});
