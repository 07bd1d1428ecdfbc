import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import { STORE_ENGINES } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import type { TransactionCase } from '../support/transactions/transaction-case';

/** Seconds. A lease is renewed while a call that is longer is waited for. */
const LEASE = 1;
const PATIENT = { request_timeout: 10, wait_result: true };
/** Two leases and a half. Milliseconds. */
const LONG_MS = 2500;

describeEngines(STORE_ENGINES, (engine) => {
  const cleanup = new Cleanup();
  let cases: CaseFactory;

  beforeAll(async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const store = { ...(await engine.create(cleanup)), LEASE_SECONDS: String(LEASE) };
    const coordinator = await startCoordinator(store);
    cleanup.add(() => coordinator.stop());
    // Whoever shares the store must not believe that the first one is dead.
    if (engine.shared) {
      const other = await startCoordinator(store);
      cleanup.add(() => other.stop());
    }
    cases = new CaseFactory(coordinator.url, busi, `long-${engine.name}`);
  });

  afterAll(() => cleanup.run());

  test('calls of every type that take longer than a lease are made once', async () => {
    const ended = await Promise.all([saga(), msg(), tcc(), xa(), askedAbout()]);
    for (const { transaction, calls } of ended) {
      expect(await transaction.ended()).toMatchObject({ status: 'succeed' });
      expect(transaction.serverCalls).toEqual(calls);
    }
  });

  interface Ended {
    readonly transaction: TransactionCase;
    readonly calls: readonly string[];
  }

  async function saga(): Promise<Ended> {
    const transaction = cases.newSaga();
    transaction.answers({ OUT: late });
    expect((await transaction.submit(PATIENT)).status).toBe(200);
    return { transaction, calls: ['OUT[01 action]', 'IN[02 action]'] };
  }

  async function msg(): Promise<Ended> {
    const transaction = cases.newMsg();
    transaction.answers({ IN: late });
    expect((await transaction.submit(PATIENT)).status).toBe(200);
    return { transaction, calls: ['OUT[01 action]', 'IN[02 action]'] };
  }

  async function tcc(): Promise<Ended> {
    const transaction = cases.newTcc();
    transaction.answers({ 'A.conf': late });
    await transaction.begin(PATIENT);
    await transaction.registerBranch('01', 'A');
    expect((await transaction.submit()).status).toBe(200);
    return { transaction, calls: ['A.conf[01 confirm]'] };
  }

  async function xa(): Promise<Ended> {
    const transaction = cases.newXa();
    transaction.answers({ A: late });
    await transaction.begin(PATIENT);
    await transaction.registerBranch('01', 'A');
    expect((await transaction.submit()).status).toBe(200);
    return { transaction, calls: ['A[01 commit]'] };
  }

  /** The check-back is a call of a visit that was claimed. */
  async function askedAbout(): Promise<Ended> {
    const transaction = cases.newMsg();
    transaction.answers({ QP: late });
    await transaction.begin({ ...PATIENT, timeout_to_fail: 1 });
    return { transaction, calls: ['QP[00 msg]', 'OUT[01 action]', 'IN[02 action]'] };
  }
});

/** A service that needs its time. */
function late(): Promise<'ok'> {
  return new Promise((resolve) => setTimeout(resolve, LONG_MS, 'ok'));
}
