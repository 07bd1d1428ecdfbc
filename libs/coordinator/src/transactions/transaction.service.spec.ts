import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ManualClock, ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';

const NOT_FINISHED = { result: 'failure', message: 'wait result not return success: FAILURE' };

describe('the commands of clients', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let store: StoreProbe;
  let rig: CoordinatorRig;
  let other: CoordinatorRig;
  let gate: Gate;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    const clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    rig = CoordinatorRig.create({ store });
    other = CoordinatorRig.create({ store });
    gate = new Gate();
    gid = newGid();
  });

  afterEach(async () => {
    gate.open();
    await Promise.all([rig.close(), other.close(), service.stop()]);
    log.restore();
  });

  /** Leaves the saga in the middle of its first call, at the first coordinator. */
  async function submitUpToFirstCall(): Promise<void> {
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    await rig.submit(sagaBody(service, gid));
    await service.received(1);
  }

  /** Leaves the saga to its next visit. */
  async function submitAndPark(): Promise<void> {
    service.script = () => ANSWERS.ongoing;
    await rig.submit(sagaBody(service, gid));
    await rig.idle();
    service.script = () => ANSWERS.success;
  }

  describe('submit', () => {
    test('twice at once calls each branch once and answers both', async () => {
      const body = sagaBody(service, gid, { wait_result: true });
      const answers = await Promise.all([rig.submit(body), rig.submit(body), other.submit(body)]);
      await Promise.all([rig.idle(), other.idle()]);
      expect(answers.slice(0, 2)).toEqual([{ result: 'success' }, { result: 'success' }]);
      expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
      expect(await rig.state(gid)).toBe('succeed P S P S');
    });

    test('of a transaction that runs here starts nothing; who waits shares its end', async () => {
      await submitUpToFirstCall();
      expect(await rig.submit(sagaBody(service, gid))).toBeUndefined();
      const waiting = rig.submit(sagaBody(service, gid, { wait_result: true }));
      expect(service.calls).toHaveLength(1);
      gate.open();
      expect(await waiting).toEqual({ result: 'success' });
      expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
    });

    test('of a transaction that another coordinator holds starts nothing; who waits is told how it stands', async () => {
      await submitUpToFirstCall();
      expect(await other.submit(sagaBody(service, gid))).toBeUndefined();
      expect(await other.submit(sagaBody(service, gid, { wait_result: true }))).toEqual(NOT_FINISHED);
      expect(service.calls).toHaveLength(1);
      expect(other.parts.admission.size).toBe(0);
      gate.open();
      await rig.idle();
      expect(await rig.state(gid)).toBe('succeed P S P S');
    });

    test.each([
      ['this', () => rig],
      ['another', () => other],
    ])('of a parked transaction starts a pass at once, at %s coordinator', async (_name, at) => {
      await submitAndPark();
      expect(await at().submit(sagaBody(service, gid))).toBeUndefined();
      await at().idle();
      expect(await rig.state(gid)).toBe('succeed P S P S');
    });

    test('of a parked transaction that waits for the result gets that of the new pass', async () => {
      await submitAndPark();
      expect(await other.submit(sagaBody(service, gid, { wait_result: true }))).toEqual({ result: 'success' });
    });

    test('of a prepared transaction runs the steps that were prepared, with the options of the submit', async () => {
      await rig.prepare(sagaBody(service, gid));
      expect(await rig.dueInMs(gid)).toBeNull();
      const body = { gid, trans_type: 'saga', branch_headers: { 'x-tenant': 'acme' }, wait_result: true };
      expect(await rig.submit(body)).toEqual({ result: 'success' });
      expect(service.calls.map(({ headers }) => headers['x-tenant'])).toEqual(['acme', 'acme']);
    });

    test.each([
      ['succeed', () => ANSWERS.success],
      ['failed', () => ANSWERS.failure],
    ])('of a transaction that is %s is refused', async (status, first) => {
      service.script = ({ path }) => (path === '/out' ? first() : ANSWERS.success);
      await rig.submit(sagaBody(service, gid, { wait_result: true }));
      await expect(rig.submit(sagaBody(service, gid))).rejects.toMatchObject({
        code: 'DTX_CONFLICT',
        message: `current status '${status}', cannot sumbmit. FAILURE`,
      });
      expect(rig.parts.admission.size).toBe(0);
    });

    test.each([
      ['ftp://a/b', 'steps[1].compensate must be an absolute http(s) URL or svc://service/handler'],
      ['svc://only-a-service', 'steps[1].compensate must have the form svc://service/handler'],
    ])('with the URL %s names the step', async (compensate, message) => {
      const steps = [{ action: 'http://a/b' }, { action: '', compensate }];
      const body = { gid, trans_type: 'saga', steps, payloads: ['', ''] };
      await expect(rig.submit(body)).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST', message });
    });

    test('with a gRPC branch without a method is refused', async () => {
      const steps = [{ action: 'localhost:5000/Out' }];
      const body = { gid, trans_type: 'saga', protocol: 'grpc', steps, payloads: [''] };
      await expect(rig.submit(body)).rejects.toMatchObject({ field: 'steps[0].action' });
    });

    test.each([
      ['action', '[1]', 'payloads[0] must be a JSON object, as it is called by JSON-RPC'],
      ['compensate', '7', 'payloads[0] must be a JSON object, as it is called by JSON-RPC'],
    ])('with a payload that a JSON-RPC %s cannot take is refused: %s', async (key, payload, message) => {
      const steps = [{ [key]: `${service.url}/rpc?method=out` }];
      const body = { gid, trans_type: 'saga', protocol: 'json-rpc', steps, payloads: [payload] };
      await expect(rig.submit(body)).rejects.toMatchObject({ field: 'payloads[0]', message });
      expect(await rig.store.find(gid)).toBeUndefined();
    });

    test('calls by JSON-RPC where the URL names a method, and by HTTP elsewhere', async () => {
      service.script = ({ path }) =>
        path === '/rpc' ? { status: 200, body: '{"jsonrpc":"2.0","id":"x","result":{}}' } : ANSWERS.success;
      const steps = [{ action: `${service.url}/rpc?method=out` }, { action: `${service.url}/in` }];
      const payloads = ['{"amount":30}', '{"amount":30}'];
      await rig.submit({ gid, trans_type: 'saga', protocol: 'json-rpc', steps, payloads, wait_result: true });
      expect(await rig.state(gid)).toBe('succeed P S P S');
      expect(service.calls.map(({ url }) => url)).toEqual([
        '/rpc?method=out',
        expect.stringMatching(/^\/in\?branch_id=02/),
      ]);
      expect(JSON.parse(service.calls[0]!.body.toString())).toMatchObject({
        method: 'out',
        params: { amount: 30, gid },
      });
    });

    test('with steps in a circle names the field', async () => {
      const body = sagaBody(service, gid, { custom_data: '{"concurrent":true,"orders":{"0":[1],"1":[0]}}' });
      await expect(rig.submit(body)).rejects.toMatchObject({
        code: 'DTX_INVALID_REQUEST',
        field: 'custom_data',
        message: expect.stringMatching(/^custom_data has orders/),
      });
    });
  });

  describe('prepare', () => {
    test('again changes nothing as long as it is prepared', async () => {
      await rig.prepare(sagaBody(service, gid));
      const before = await rig.read(gid);
      await rig.prepare(sagaBody(service, gid, { retry_interval: 3 }));
      expect(await rig.read(gid)).toEqual(before);
      expect(service.calls).toEqual([]);
    });

    test('of a submitted transaction is refused', async () => {
      await rig.submit(sagaBody(service, gid, { wait_result: true }));
      await expect(rig.prepare(sagaBody(service, gid))).rejects.toMatchObject({
        message: "current status 'succeed', cannot prepare. FAILURE",
      });
    });
  });

  describe('abort', () => {
    test('of a saga is refused: only a step can turn it round', async () => {
      await rig.prepare(sagaBody(service, gid));
      await expect(rig.parts.transactions.abort(gid, '')).rejects.toMatchObject({
        isConflict: true,
        message: "trans type: 'saga' current status 'prepared', cannot abort. FAILURE",
      });
    });

    test('of an unknown gid says so', async () => {
      await expect(rig.parts.transactions.abort(gid, '')).rejects.toMatchObject({
        isConflict: false,
        code: 'DTX_UNKNOWN_TRANSACTION',
        message: `no TransGlobal with gid: ${gid} found`,
      });
    });
  });

  describe('forceStop', () => {
    test('ends a parked transaction, which is never visited again', async () => {
      await submitAndPark();
      await rig.parts.transactions.forceStop(gid);
      expect(await rig.state(gid)).toBe('failed P P P P');
      expect(await rig.dueInMs(gid)).toBeNull();
    });

    test('of a finished transaction is refused', async () => {
      await rig.submit(sagaBody(service, gid, { wait_result: true }));
      await expect(rig.parts.transactions.forceStop(gid)).rejects.toMatchObject({
        message: 'global transaction force stop error. status: succeed. error: FAILURE',
      });
    });

    test('of an unknown gid says so', async () => {
      await expect(rig.parts.transactions.forceStop(gid)).rejects.toMatchObject({ code: 'DTX_UNKNOWN_TRANSACTION' });
    });

    test('decides anew on what is stored when the status changes under it', async () => {
      await rig.prepare(sagaBody(service, gid));
      let raced = false;
      store.before = async (operation) => {
        if (operation !== 'change' || raced) return;
        raced = true;
        await other.submit(sagaBody(service, gid, { wait_result: true }));
      };
      await expect(rig.parts.transactions.forceStop(gid)).rejects.toMatchObject({
        message: 'global transaction force stop error. status: succeed. error: FAILURE',
      });
    });
  });
});
