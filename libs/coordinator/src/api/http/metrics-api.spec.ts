import { ANSWERS, ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { sagaBody } from '../../coordinator-rig.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { MemoryStore } from '../../stores/memory/memory-store';
import { StoreProbe } from '../../stores/store-probe.spec-helper';
import { VERSION } from '../../version';
import { send, type Reply } from './http.spec-helper';

describe('the metrics', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let store: StoreProbe;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    store = new StoreProbe(new MemoryStore());
    coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'custom', store },
      settings: { transCronInterval: 3600, configUpdateInterval: 3600 },
    });
  });

  afterEach(async () => {
    await Promise.all([coordinator.close(), service.stop()]);
    log.restore();
  });

  const scrape = (): Promise<Reply> => send('GET', `${coordinator.url}/api/metrics`);
  const lines = async (start: string): Promise<string[]> =>
    (await scrape()).text.split('\n').filter((line) => line.startsWith(start));
  const submit = (body: object): Promise<Reply> =>
    send('POST', `${coordinator.url}/api/dtmsvr/submit`, JSON.stringify({ wait_result: true, ...body }));

  test('are text that Prometheus reads', async () => {
    const reply = await scrape();
    expect(reply).toMatchObject({ status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8' });
    const names = ['dtm_server_info', 'dtm_server_process_total', 'dtm_transaction_process_total'];
    for (const name of [
      ...names,
      'dtm_branch_process_total',
      'process_cpu_seconds_total',
      'nodejs_heap_size_used_bytes',
    ]) {
      expect(reply.text).toMatch(new RegExp(`^# HELP ${name} .+\\n# TYPE ${name} (counter|gauge)$`, 'm'));
    }
    for (const name of ['dtm_server_response_duration', 'dtm_transaction_handled_duration']) {
      expect(reply.text).toMatch(new RegExp(`^# TYPE ${name} histogram$`, 'm'));
    }
    const line = /^(#.*|[a-z_0-9]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? (\+Inf|Nan|[-0-9.e+]+)|)$/;
    expect(reply.text.split('\n').filter((text) => !line.test(text))).toEqual([]);
    expect(await lines('dtm_server_info')).toEqual([
      `dtm_server_info{gin_version="",grpc_version="",version="${VERSION}"} 1`,
    ]);
  });

  test('name every metric once', async () => {
    const names = (await scrape()).text.split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(new Set(names).size).toBe(names.length);
  });

  test('count requests by route, and unknown paths under one name', async () => {
    await send('GET', `${coordinator.url}/api/dtmsvr/query?gid=a`);
    await send('GET', `${coordinator.url}//api/dtmsvr/query/?gid=b`);
    await send('GET', `${coordinator.url}/api/dtmsvr/query`);
    await send('DELETE', `${coordinator.url}/api/dtmsvr/topic/one`);
    await send('DELETE', `${coordinator.url}/api/v2/topic/two`);
    await send('GET', `${coordinator.url}/api/ping`);
    for (const path of ['/one', '/two', '/api/dtmsvr/three']) await send('GET', coordinator.url + path);
    const total = (await lines('dtm_server_process_total')).filter((line) => !line.endsWith(' 0'));
    expect(total.toSorted()).toEqual([
      'dtm_server_process_total{type="http",api="query",status="fail"} 1',
      'dtm_server_process_total{type="http",api="query",status="ok"} 2',
      'dtm_server_process_total{type="http",api="topic",status="fail"} 2',
      'dtm_server_process_total{type="http",api="unknown",status="fail"} 3',
    ]);
    expect(await lines('dtm_server_response_duration_count{type="http",api="query"}')).toEqual([
      'dtm_server_response_duration_count{type="http",api="query"} 3',
    ]);
    expect(await lines('dtm_server_response_duration_bucket{type="http",api="query",le="+Inf"}')).toHaveLength(1);
    expect((await scrape()).text).not.toContain('api="ping"');
    // The first scrapes are over by now.
    expect((await lines('dtm_server_process_total{type="http",api="metrics",status="ok"}'))[0]).toMatch(/ [1-9]\d*$/);
  });

  test('count passes and branch calls, and measure the way to the end', async () => {
    await submit(sagaBody(service, 'good'));
    service.script = ({ path }) => (path === '/in' ? ANSWERS.failure : ANSWERS.success);
    await submit(sagaBody(service, 'bad'));
    service.script = () => ANSWERS.error;
    await submit(sagaBody(service, 'broken'));
    expect(await lines('dtm_transaction_process_total')).toEqual([
      'dtm_transaction_process_total{model="saga",status="ok"} 2',
      'dtm_transaction_process_total{model="saga",status="fail"} 1',
    ]);
    expect(await lines('dtm_transaction_handled_duration_count')).toEqual([
      'dtm_transaction_handled_duration_count{model="saga"} 2',
    ]);
    const branches = (await lines('dtm_branch_process_total')).filter((line) => !line.endsWith(' 0'));
    expect(branches.toSorted()).toEqual([
      'dtm_branch_process_total{model="saga",branchid="01",branchtype="action",status="fail"} 1',
      'dtm_branch_process_total{model="saga",branchid="01",branchtype="action",status="ok"} 2',
      'dtm_branch_process_total{model="saga",branchid="01",branchtype="compensate",status="ok"} 1',
      'dtm_branch_process_total{model="saga",branchid="02",branchtype="action",status="fail"} 1',
      'dtm_branch_process_total{model="saga",branchid="02",branchtype="action",status="ok"} 1',
      'dtm_branch_process_total{model="saga",branchid="02",branchtype="compensate",status="ok"} 1',
    ]);
  });

  test('show what runs now', async () => {
    service.script = () => new Promise(() => {});
    await submit({ ...sagaBody(service, 'hanging'), wait_result: false });
    await service.received(1);
    expect(await lines('dtx_transactions_running')).toEqual(['dtx_transactions_running 1']);
  });

  test('are told while the store does not answer', async () => {
    store.before = () => {
      throw new Error('gone');
    };
    expect(await scrape()).toMatchObject({ status: 200 });
  });
});
