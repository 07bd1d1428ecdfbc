import { ScriptedService } from '@nestjs-dtx/testing';
import type { Client } from 'undici';
import { HttpConnections } from './http-connections';

describe('the connections to an origin', () => {
  let service: ScriptedService;
  let connections: HttpConnections;

  beforeEach(async () => {
    service = await ScriptedService.start();
    connections = new HttpConnections(service.url);
  });

  afterEach(async () => {
    await connections.destroy();
    await service.stop();
  });

  async function exchange(client: Client): Promise<void> {
    const { body } = await client.request({ path: '/', method: 'GET' });
    await body.dump();
    connections.release(client, true);
  }

  test('are for one call at a time, and the one used last is used first', async () => {
    const [first, second] = [connections.take(), connections.take()];
    expect(first).not.toBe(second);
    await exchange(first);
    await exchange(second);
    expect(connections.take()).toBe(second);
    expect(connections.take()).toBe(first);
    expect(service.connections).toBe(2);
  });

  test('are not used again after a call without an answer, which may still come', async () => {
    const client = connections.take();
    connections.release(client, false);
    expect(connections.take()).not.toBe(client);
    expect(client.destroyed).toBe(true);
  });

  test('end their calls before they are closed, and fail them when they are destroyed', async () => {
    const closing = exchange(connections.take());
    await connections.close();
    await closing;
    const another = new HttpConnections(service.url);
    service.script = () => new Promise(() => {});
    const failing = another.take().request({ path: '/', method: 'GET' });
    const destroyed = service.received(2).then(() => another.destroy());
    await expect(failing).rejects.toThrow(/destroyed|closed/i);
    await destroyed;
  });
});
