import { Gate, ScriptedService, until } from '@nestjs-dtx/testing';
import type { HttpCallRequest, HttpCallResult } from './http-call';
import type { HttpConnection } from './http-connection';
import { HttpConnections } from './http-connections';
import { TlsConnection } from './tls-connection';

const GET: HttpCallRequest = { path: '/', method: 'GET', payload: Buffer.alloc(0), headers: [], timeoutMs: 5000 };

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

  function exchange(connection: HttpConnection): Promise<HttpCallResult> {
    return new Promise((resolve) =>
      connection.call(GET, (result) => {
        connections.release(connection, result.answered);
        resolve(result);
      }),
    );
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

  test('are not used again after a call without an answer, which may still come', () => {
    const connection = connections.take();
    connections.release(connection, false);
    expect(connections.take()).not.toBe(connection);
  });

  test('end their calls before they are closed, and those that are idle at once', async () => {
    let open = 0;
    service.onConnection((socket) => {
      open += 1;
      socket.once('close', () => (open -= 1));
    });
    const [busy, idle] = [connections.take(), connections.take()];
    await exchange(idle);
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return { status: 200 };
    };
    const ending = exchange(busy);
    await service.received(2);
    connections.close();
    await until(() => open === 1);
    gate.open();
    expect(await ending).toMatchObject({ answered: true, status: 200 });
    await until(() => open === 0);
  });

  test('fail their calls when they are destroyed', async () => {
    service.script = () => new Promise(() => {});
    const failing = exchange(connections.take());
    await service.received(1);
    await connections.destroy();
    expect(await failing).toEqual({ answered: false, reason: expect.stringMatching(/closed/) });
  });

  test('end when the service has not been called for some time, without another call', async () => {
    let open = 0;
    service.onConnection((socket) => {
      open += 1;
      socket.once('close', () => (open -= 1));
    });
    service.script = () => ({ status: 200, headers: { 'keep-alive': 'timeout=3' } });
    await exchange(connections.take());
    expect(open).toBe(1);
    await until(() => open === 0, { timeoutMs: 4500 });
  });

  test('to https are those of a library', () => {
    connections = new HttpConnections('https://localhost:1');
    expect(connections.take()).toBeInstanceOf(TlsConnection);
  });
});
