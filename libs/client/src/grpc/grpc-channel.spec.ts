import { once } from 'node:events';
import { constants, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { GrpcChannel, type GrpcCall } from './grpc-channel';
import { frameOf, messageIn, statusText } from './grpc-frame';

type Script = (stream: ServerHttp2Stream) => void;

const OK_HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

/** Answers as servers do: headers, message, and the status at the end. */
const replyWith = (body: Buffer, status: Readonly<Record<string, string>>): Script => {
  return (stream) => {
    stream.respond(OK_HEADERS, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(status));
    stream.end(body);
  };
};

describe('a call over gRPC', () => {
  let server: Http2Server;
  let script: Script;
  let channel: GrpcChannel;

  async function listen(port = 0): Promise<number> {
    server = createServer();
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      script(stream);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  beforeEach(async () => {
    channel = new GrpcChannel({ host: '127.0.0.1', port: await listen(), tls: false });
  });
  afterEach(async () => {
    await channel.close();
    server.close();
  });

  const call = (more: Partial<GrpcCall> = {}) =>
    channel.call({ path: '/a.B/C', message: Buffer.from('ask'), metadata: {}, timeoutMs: 5000, ...more });

  it('sends the message with its metadata and deadline', async () => {
    const received: unknown[] = [];
    server.on('stream', (stream, headers) => {
      received.push(headers);
      stream.on('data', (chunk: Buffer) => received.push(messageIn(chunk)?.toString()));
    });
    script = replyWith(frameOf(Buffer.from('answer')), { 'grpc-status': '0' });
    const reply = await call({ metadata: { 'dtm-gid': 'g1' } });
    expect(reply).toEqual({ answered: true, code: 0, details: '', message: Buffer.from('answer') });
    expect(received).toEqual([
      expect.objectContaining({
        ':path': '/a.B/C',
        'content-type': 'application/grpc',
        'dtm-gid': 'g1',
        'grpc-timeout': '5000m',
        te: 'trailers',
      }),
      'ask',
    ]);
  });

  it('gives the status of a call that was refused', async () => {
    script = replyWith(Buffer.alloc(0), { 'grpc-status': '10', 'grpc-message': 'nicht gen%C3%BCgend' });
    expect(await call()).toMatchObject({ answered: true, code: 10, details: 'nicht genügend' });
  });

  it('takes a status among the headers', async () => {
    script = (stream) => stream.respond({ ...OK_HEADERS, 'grpc-status': '12' }, { endStream: true });
    expect(await call()).toMatchObject({ answered: true, code: 12 });
  });

  it.each([
    ['no message', Buffer.alloc(0)],
    ['half a message', frameOf(Buffer.from('answer')).subarray(0, 7)],
    ['a compressed message', Buffer.from([1, 0, 0, 0, 1, 65])],
    ['two messages', Buffer.concat([frameOf(Buffer.from('a')), frameOf(Buffer.from('b'))])],
  ])('does not take %s for a reply', async (_, body) => {
    script = replyWith(body, { 'grpc-status': '0' });
    expect(await call()).toMatchObject({ answered: true, code: 13 });
  });

  it('does not take more than it can hold', async () => {
    script = replyWith(frameOf(Buffer.alloc(5 * 1024 * 1024)), { 'grpc-status': '0' });
    expect(await call()).toMatchObject({ answered: true, code: 8 });
  });

  it('does not know what became of a call that is not answered in time', async () => {
    script = () => {};
    const reply = await call({ timeoutMs: 50 });
    expect(reply).toMatchObject({ answered: false, mayHaveArrived: true });
    expect(reply).toHaveProperty('cause.message', 'no answer within 50 ms');
  });

  it('does not know what became of a call whose connection was cut', async () => {
    script = (stream) => stream.session?.destroy();
    expect(await call()).toMatchObject({ answered: false, mayHaveArrived: true });
  });

  it('knows that a server which refuses the stream has done nothing', async () => {
    script = (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM);
    expect(await call()).toMatchObject({ answered: false, mayHaveArrived: false });
  });

  it('does not take a web server for one of gRPC', async () => {
    script = (stream) => {
      stream.respond({ ':status': 404 });
      stream.end('<html>');
    };
    const reply = await call();
    expect(reply).toMatchObject({ answered: false });
    expect(reply).toHaveProperty('cause.message', 'no status of gRPC but HTTP 404');
  });

  it('connects again, at once, after the server was away', async () => {
    script = replyWith(frameOf(Buffer.alloc(0)), { 'grpc-status': '0' });
    expect(await call()).toMatchObject({ code: 0 });
    const { port } = server.address() as AddressInfo;
    const cut = once(server, 'close');
    script = (stream) => stream.session?.destroy();
    await call();
    server.close();
    await cut;
    expect(await call()).toMatchObject({ answered: false, mayHaveArrived: false, cause: { code: 'ECONNREFUSED' } });
    script = replyWith(frameOf(Buffer.alloc(0)), { 'grpc-status': '0' });
    await listen(port);
    expect(await call()).toMatchObject({ code: 0 });
  });

  it('is ended before the channel is closed, and none begins afterwards', async () => {
    let answer: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      script = (stream) => {
        answer = () => replyWith(frameOf(Buffer.alloc(0)), { 'grpc-status': '0' })(stream);
        resolve();
      };
    });
    const underWay = call();
    await begun;
    const closing = channel.close();
    answer();
    expect(await underWay).toMatchObject({ code: 0 });
    await closing;
    expect(channel.isClosed).toBe(true);
    expect(await call()).toMatchObject({ answered: false, mayHaveArrived: false });
  });
});

describe('the text of a status', () => {
  it.each([
    ['a%20b', 'a b'],
    ['100%', '100%'],
    [undefined, ''],
  ])('%j is %j', (header, text) => {
    expect(statusText(header)).toBe(text);
  });
});
