import { gzipSync } from 'node:zlib';
import { DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { GrpcCaller } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { send } from '../http/http.spec-helper';
import { frame, RawGrpc } from './raw-grpc.spec-helper';

const SUBMIT = DTM_SERVICE.Submit.path;
const BODY_BYTES = 10_000;
const MESSAGE = DTM_SERVICE.Submit.requestSerialize({ Gid: 'bad', TransType: 'saga', Steps: '[]' });

describe('bad input over gRPC', () => {
  let coordinator: RunningCoordinator;
  let raw: RawGrpc;
  let log: CapturedLog;

  beforeAll(async () => {
    log = CapturedLog.start();
    const here = { host: '127.0.0.1', port: 0 };
    const limits = { bodyBytes: BODY_BYTES, payloadBytes: 1000, steps: 10, headers: 4, customDataLength: 100 };
    coordinator = await startCoordinator({ http: here, grpc: here, store: { driver: 'memory' }, settings: { limits } });
  });

  beforeEach(() => {
    raw = new RawGrpc(coordinator.grpcAddress!);
  });

  afterEach(async () => {
    raw.close();
    await expectUnharmed(coordinator);
  });

  afterAll(async () => {
    await coordinator.close();
    log.restore();
  });

  const withBytes = (...bytes: number[]) => frame(Buffer.concat([MESSAGE, Buffer.from(bytes)]));

  test.each([
    ['that is no message', frame(Buffer.from('{"gid":"bad"}')), GRPC_STATUS.internal],
    ['whose message is cut short', frame(MESSAGE.subarray(0, 4)), GRPC_STATUS.internal],
    ['with a text that is not UTF-8', withBytes(0x32, 2, 0xc3, 0x28), GRPC_STATUS.internal],
    ['with a field without a number', withBytes(0x02, 0), GRPC_STATUS.internal],
    ['with a length beyond its end', withBytes(0x22, 0x7f), GRPC_STATUS.internal],
    ['with an endless number', withBytes(0x78, ...Array<number>(11).fill(0xff)), GRPC_STATUS.internal],
    ['that is larger than allowed', frame(Buffer.alloc(BODY_BYTES + 1)), GRPC_STATUS.resourceExhausted],
    ['that claims to be larger than allowed', frame(MESSAGE, { length: 0x7fffffff }), GRPC_STATUS.resourceExhausted],
    ['that claims to be compressed and is not', frame(MESSAGE, { flag: 1 }), GRPC_STATUS.internal],
  ])('a request %s is refused', async (_case, body, status) => {
    const headers = { 'grpc-encoding': body[0] === 1 ? 'gzip' : 'identity' };
    expect((await raw.call(SUBMIT, body, headers)).status).toBe(String(status));
  });

  test('a compressed request that grows beyond what is allowed is refused', async () => {
    const bomb = frame(gzipSync(Buffer.alloc(BODY_BYTES * 100)), { flag: 1 });
    expect((await raw.call(SUBMIT, bomb, { 'grpc-encoding': 'gzip' })).status).toBe(
      String(GRPC_STATUS.resourceExhausted),
    );
  });

  test('a compressed request that makes sense is read', async () => {
    const message = DTM_SERVICE.Submit.requestSerialize({ TransType: 'saga' });
    const body = frame(gzipSync(message), { flag: 1 });
    expect(await raw.call(SUBMIT, body, { 'grpc-encoding': 'gzip' })).toMatchObject({
      status: String(GRPC_STATUS.internal),
      message: 'Gid must not be empty',
    });
  });

  test.each([
    ['/dtmgimp.Dtm/Drop', GRPC_STATUS.unimplemented],
    ['/dtmgimp.Other/Submit', GRPC_STATUS.unimplemented],
    ['/', GRPC_STATUS.unimplemented],
    ['/dtmgimp.Dtm/Submit/more', GRPC_STATUS.unimplemented],
    ['/constructor', GRPC_STATUS.unimplemented],
  ])('an unknown method %s is refused', async (path, status) => {
    expect((await raw.call(path, frame(MESSAGE))).status).toBe(String(status));
  });

  test.each([
    ['nothing at all', Buffer.alloc(0)],
    ['half of the five bytes', Buffer.from([0, 0, 0])],
    ['less than it says', frame(MESSAGE, { length: MESSAGE.length + 10 })],
  ])('a request of %s is refused', async (_case, body) => {
    const { status } = await raw.call(SUBMIT, body);
    // No status at all would be no number.
    expect(Number(status)).toBeGreaterThan(GRPC_STATUS.ok);
  });

  test('two messages where one belongs are refused', async () => {
    const message = DTM_SERVICE.Abort.requestSerialize({ Gid: 'bad', TransType: 'tcc' });
    const { status } = await raw.call(DTM_SERVICE.Abort.path, Buffer.concat([frame(message), frame(message)]));
    expect(status).not.toBe(String(GRPC_STATUS.ok));
  });

  test('a client that hangs up in the middle of its message leaves nothing', async () => {
    await raw.hangUp(SUBMIT, frame(MESSAGE).subarray(0, 8));
    expect((await raw.call(DTM_SERVICE.NewGid.path, frame(Buffer.alloc(0)))).status).toBe('0');
  });

  test.each([[{ 'content-type': 'application/json' }], [{ 'content-type': 'text/html' }]])(
    'what is not of gRPC is refused: %j',
    async (headers) => {
      const answer = await raw.call(SUBMIT, frame(MESSAGE), headers).catch(() => undefined);
      expect(answer?.status).not.toBe('0');
    },
  );

  test.each([
    [{ 'x-note': Buffer.from([0xff, 0xfe, 0x80]).toString('latin1') }],
    [{ 'x-note-bin': '!!! no base64 !!!' }],
    [{ 'grpc-timeout': 'soon' }],
    [{ 'grpc-timeout': '99999999H' }],
    [{ 'grpc-accept-encoding': 'nonsense' }],
  ])('metadata that makes no sense does no harm: %j', async (headers) => {
    const answer = await raw.call(DTM_SERVICE.NewGid.path, frame(Buffer.alloc(0)), headers);
    expect(answer.status).toMatch(/^(0|4|13)$/);
  });

  test('limits are those of HTTP, told by the fields of gRPC', async () => {
    const caller = new GrpcCaller(coordinator.grpcAddress!);
    const saga = { Gid: 'bad', TransType: 'saga' };
    const steps = (count: number) => JSON.stringify(Array(count).fill({ action: '' }));
    const details = async (message: object) => (await caller.call(DTM_SERVICE.Submit, { ...saga, ...message })).details;
    expect(await details({ Steps: steps(11) })).toBe('Steps must not hold more than 10 entries');
    expect(await details({ Steps: steps(1), BinPayloads: [Buffer.alloc(1001)] })).toBe(
      'BinPayloads[0] must not be larger than 1000 bytes',
    );
    expect(await details({ CustomedData: 'x'.repeat(101) })).toBe(
      'CustomedData must not be longer than 100 characters',
    );
    expect(await details({ TransOptions: { BranchHeaders: { 'a b': 'c' } } })).toContain('TransOptions.BranchHeaders');
    expect(await details({ TransOptions: { TimeoutToFail: 2 ** 40 } })).toContain('TransOptions.TimeoutToFail');
    expect(await details({ Gid: 'a;b' })).toBe('Gid must not contain control characters or ";"');
    caller.close();
  });
});

/** Nothing is stored, and the next client is served. */
async function expectUnharmed({ url, grpcAddress }: RunningCoordinator): Promise<void> {
  const { text } = await send('GET', `${url}/api/dtmsvr/all`);
  expect(JSON.parse(text)).toMatchObject({ transactions: [] });
  const caller = new GrpcCaller(grpcAddress!);
  expect(await caller.call(DTM_SERVICE.NewGid, {})).toMatchObject({ code: GRPC_STATUS.ok });
  caller.close();
}
