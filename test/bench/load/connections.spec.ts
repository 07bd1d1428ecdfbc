import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Connections } from './connections';

describe('the connections of the load', () => {
  const connections = new Connections();
  let server: Server;
  let url: string;
  let made = 0;

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(404).end('nothing here'));
    server.on('connection', () => (made += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await connections.close();
    server.close();
    await once(server, 'close');
  });

  it('are there before the first saga, and are those of the measurement before', async () => {
    const first = await connections.open(url, 3);
    expect(made).toBe(3);
    const second = await connections.open(url, 5);
    expect(made).toBe(5);
    first.forEach((client, index) => expect(second[index]).toBe(client));
    await connections.open(url, 2);
    expect(made).toBe(5);
  });

  it('are made again where the server has closed them', async () => {
    await connections.open(url, 5);
    const before = made;
    server.closeAllConnections();
    await connections.open(url, 5);
    expect(made).toBe(before + 5);
  });

  it('fail where nobody listens', async () => {
    await expect(connections.open('http://127.0.0.1:1', 1)).rejects.toThrow('ECONNREFUSED');
  });
});
