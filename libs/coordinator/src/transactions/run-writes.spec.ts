import { DtxError, ERROR_CODES, newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ManualClock, ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';

const outage = (): DtxError => new DtxError(ERROR_CODES.storeUnavailable, 'the store failed: out of space');

describe('what a run writes', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let clock: ManualClock;
  let store: StoreProbe;
  let rig: CoordinatorRig;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    rig = CoordinatorRig.create({ store });
    gid = newGid();
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop()]);
    log.restore();
  });

  test('is three commits for a saga of two steps: the last outcome and the final status share one', async () => {
    expect(await rig.submit(sagaBody(service, gid, { wait_result: true }))).toEqual({ result: 'success' });
    expect(store.operations).toEqual(['insert', 'advance', 'advance']);
    expect(await rig.state(gid)).toBe('succeed P S P S');
  });

  test('is a refusal together with the turn to aborting, before the first compensation is called', async () => {
    const states: string[] = [];
    service.script = async ({ path }) => {
      if (path === '/in') return ANSWERS.failure;
      if (path === '/in-undo') states.push(await rig.state(gid));
      return ANSWERS.success;
    };
    const waited = await rig.submit(sagaBody(service, gid, { wait_result: true }));
    expect(waited).toMatchObject({
      result: 'failure',
      message: expect.stringMatching(/insufficient funds.* FAILURE$/),
    });
    expect(states).toEqual(['aborting P S P F']);
    expect(store.operations.filter((operation) => operation !== 'find')).toEqual([
      'insert',
      'advance',
      'advance',
      'advance',
      'advance',
    ]);
    expect(await rig.state(gid)).toBe('failed S S S F');
  });

  test('is an outcome before the next step is called', async () => {
    const states: string[] = [];
    service.script = async ({ path }) => {
      if (path === '/in') states.push(await rig.state(gid));
      return ANSWERS.success;
    };
    await rig.submit(sagaBody(service, gid, { wait_result: true }));
    expect(states).toEqual(['submitted P S P P']);
  });

  test('is nothing for steps without a URL but their outcome', async () => {
    const steps = [{ action: '', compensate: '' }, { action: '' }];
    const body = { gid, trans_type: 'saga', steps, payloads: ['', ''], wait_result: true };
    expect(await rig.submit(body)).toEqual({ result: 'success' });
    expect(service.calls).toEqual([]);
  });

  test('and nothing of it appears in the log as long as all goes well', async () => {
    await rig.submit(sagaBody(service, gid, { wait_result: true }));
    expect(log.lines).toEqual([]);
  });

  describe('when the store fails on an outcome', () => {
    beforeEach(() => {
      let failures = 1;
      store.before = (operation) => {
        if (operation === 'advance' && failures-- > 0) throw outage();
      };
    });

    test('the run ends with one line, nothing is lost, and the next claim repeats the call', async () => {
      await rig.submit(sagaBody(service, gid));
      await rig.idle();
      expect(await rig.state(gid)).toBe('submitted P P P P');
      expect(log.lines).toEqual([expect.stringMatching(`^error gid=${gid} is left to its next visit:.*out of space`)]);

      expect(await rig.scan()).toBe(0);
      clock.advance(10_000);
      expect(await rig.scan()).toBe(1);
      await rig.idle();
      expect(await rig.state(gid)).toBe('succeed P S P S');
      expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
    });

    test('a waiting client learns that the store failed, and may submit again', async () => {
      const body = sagaBody(service, gid, { wait_result: true });
      await expect(rig.submit(body)).rejects.toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
      clock.advance(10_000);
      expect(await rig.submit(body)).toEqual({ result: 'success' });
    });

    test('calls still in flight are neither waited for nor recorded', async () => {
      const gate = new Gate();
      service.script = async ({ path }) => {
        if (path === '/in') await gate.pass();
        return ANSWERS.success;
      };
      await rig.submit(sagaBody(service, gid, { custom_data: '{"concurrent":true}' }));
      await rig.idle();
      gate.open();
      expect(await rig.state(gid)).toBe('submitted P P P P');
    });
  });

  test('an outage of the store that fails many runs is one line, and the next outage one more', async () => {
    let isDown = false;
    store.before = (operation) => {
      if (operation === 'advance' && isDown) throw outage();
    };
    for (let round = 0; round < 2; round += 1) {
      isDown = true;
      for (let run = 0; run < 5; run += 1) await rig.submit(sagaBody(service, newGid()));
      await rig.idle();
      isDown = false;
      clock.advance(10_000);
      expect(await rig.scan()).toBe(5);
      await rig.idle();
    }
    expect(log.of('error')).toHaveLength(2);
  });

  test('fails on the submit: nothing runs, the place is free again, and the client is told', async () => {
    store.before = () => {
      throw outage();
    };
    await expect(rig.submit(sagaBody(service, gid))).rejects.toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
    expect(rig.parts.admission.size).toBe(0);
    expect(service.calls).toEqual([]);
    store.before = () => {};
    expect(await store.find(gid)).toBeUndefined();
  });
});
