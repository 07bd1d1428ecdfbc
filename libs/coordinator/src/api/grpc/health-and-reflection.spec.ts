import { Client, credentials, type ClientReadableStream } from '@grpc/grpc-js';
import { fromJSON, type MethodDefinition } from '@grpc/proto-loader';
import { service as HEALTH } from 'grpc-health-check';
import { DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, GrpcCaller, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { MemoryStore } from '../../stores/memory/memory-store';
import { StoreProbe } from '../../stores/store-probe.spec-helper';

/** The part of reflection that is asked here, in both of its versions. */
const REFLECTION = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;

function reflection(packageName: string): MethodDefinition<object, object> {
  const string = (id: number) => ({ type: 'string', id });
  const types = {
    Request: { fields: { file_containing_symbol: string(4), list_services: string(7) } },
    Reply: {
      fields: { files: { type: 'Files', id: 4 }, list: { type: 'List', id: 6 }, error: { type: 'Problem', id: 7 } },
    },
    Files: { fields: { file: { rule: 'repeated', type: 'bytes', id: 1 } } },
    List: { fields: { service: { rule: 'repeated', type: 'Named', id: 1 } } },
    Named: { fields: { name: string(1) } },
    Problem: { fields: { code: { type: 'int32', id: 1 } } },
    ServerReflection: {
      methods: {
        ServerReflectionInfo: {
          requestType: 'Request',
          responseType: 'Reply',
          requestStream: true,
          responseStream: true,
        },
      },
    },
  };
  const nested = packageName.split('.').reduceRight<object>((inner, name) => ({ [name]: { nested: inner } }), types);
  const service = fromJSON({ nested } as never, { keepCase: true })[`${packageName}.ServerReflection`];
  return (service as Record<string, MethodDefinition<object, object>>)['ServerReflectionInfo']!;
}

describe('beside its services the server of gRPC', () => {
  let coordinator: RunningCoordinator;
  let store: StoreProbe;
  let client: Client;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    store = new StoreProbe(new MemoryStore());
    const here = { host: '127.0.0.1', port: 0 };
    coordinator = await startCoordinator({ http: here, grpc: here, store: { driver: 'custom', store } });
    client = new Client(coordinator.grpcAddress!, credentials.createInsecure());
  });

  afterEach(async () => {
    client.close();
    await coordinator.close();
    log.restore();
  });

  function ask(method: MethodDefinition<object, object>, request: object): Promise<object> {
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      call.on('data', (reply: object) => {
        resolve(reply);
        call.end();
      });
      call.on('error', reject);
      call.write(request);
    });
  }

  const health = HEALTH as unknown as Record<'Check' | 'Watch' | 'check' | 'watch', MethodDefinition<object, object>>;

  function check(service = ''): Promise<unknown> {
    const { path, requestSerialize, responseDeserialize } = health.Check ?? health.check;
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, reply) =>
        resolve(error ? error.code : reply),
      );
    });
  }

  test.each(REFLECTION)('tells its services by %s', async (packageName) => {
    const reply = await ask(reflection(packageName), { list_services: '*' });
    expect(reply).toMatchObject({
      list: { service: expect.arrayContaining([{ name: 'dtmgimp.Dtm' }, { name: 'nestjs_dtx.v1.Coordinator' }]) },
    });
  });

  test.each(['dtmgimp.Dtm', 'dtmgimp.DtmRequest', 'nestjs_dtx.v1.Coordinator', 'workflow.WorkflowData'])(
    'describes %s',
    async (symbol) => {
      const reply = await ask(reflection('grpc.reflection.v1'), { file_containing_symbol: symbol });
      expect(reply).toMatchObject({ files: { file: expect.arrayContaining([expect.any(Buffer)]) } });
    },
  );

  test('is healthy while its store answers', async () => {
    expect(await check()).toEqual({ status: 'SERVING' });
    expect(await check('dtmgimp.Dtm')).toEqual({ status: 'SERVING' });
    expect(await check('somebody.Else')).toBe(GRPC_STATUS.notFound);
    store.before = () => {
      throw new Error('gone');
    };
    expect(await check()).toEqual({ status: 'NOT_SERVING' });
  });

  test('tells who watches of every change, and ends with the coordinator', async () => {
    const { path, requestSerialize, responseDeserialize } = health.Watch ?? health.watch;
    const seen: unknown[] = [];
    const call: ClientReadableStream<object> = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service: 'dtmgimp.Dtm' },
    );
    call.on('data', (reply) => seen.push(reply));
    const ended = new Promise((resolve) => call.on('error', resolve));
    await until(() => seen.length === 1);
    await coordinator.close();
    expect(seen[0]).toEqual({ status: 'SERVING' });
    expect(await ended).toBeInstanceOf(Error);
  });

  test('answers who waits when it is closed, and refuses others', async () => {
    const service = await ScriptedService.start();
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    const caller = new GrpcCaller(coordinator.grpcAddress!);
    const saga = {
      TransType: 'saga',
      Steps: JSON.stringify([{ action: `${service.url}/out` }]),
      BinPayloads: [Buffer.from('{}')],
    };
    const waiting = caller.call(DTM_SERVICE.Submit, { ...saga, Gid: 'one', TransOptions: { WaitResult: true } });
    await service.received(1);
    const closed = coordinator.close();
    await until(async () => {
      const { code } = await caller.call(DTM_SERVICE.Submit, { ...saga, Gid: 'two' });
      return code === GRPC_STATUS.unavailable;
    });
    expect(await check()).toEqual({ status: 'NOT_SERVING' });
    gate.open();
    expect(await waiting).toMatchObject({ code: GRPC_STATUS.ok });
    await closed;
    caller.close();
    await service.stop();
  });
});
