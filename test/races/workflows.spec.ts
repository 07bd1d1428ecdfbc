import { DtxClient, type WorkflowContext } from '@nestjs-dtx/client';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { Word } from '../support/fixture/answer';
import { FixtureService, type Scripts } from '../support/fixture/fixture-service';
import type { Accounts } from '../support/participant/accounts';
import { Participants } from '../support/participant/participants';
import { STORE_ENGINES } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import type { WorkflowCase } from '../support/transactions/workflow-case';

/** Workflows that race side by side. */
const RACES = 8;

describeEngines(STORE_ENGINES, (engine) => {
  const cleanup = new Cleanup();
  const participants = new Participants(cleanup);
  let cases: CaseFactory;
  /** Instances of one service; where the store allows it each has a coordinator of its own. */
  let instances: readonly DtxClient[];
  let accounts: Accounts;

  beforeAll(async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const store = await engine.create(cleanup);
    const coordinator = await startCoordinator(store);
    cleanup.add(() => coordinator.stop());
    const other = engine.shared ? await startCoordinator(store) : coordinator;
    cleanup.add(() => other.stop());
    cases = new CaseFactory(coordinator.url, busi, `workflow-${engine.name}`);
    instances = [coordinator, other].map(({ url }) => instance(url));
    accounts = await participants.accounts(engine, 'barrier');
  });

  afterAll(() => cleanup.run());

  function instance(coordinator: string): DtxClient {
    const client = new DtxClient({ coordinator });
    cleanup.add(() => client.close());
    const { url } = cases.busi;
    const transfer = async (wf: WorkflowContext): Promise<string> => {
      await wf.http(`${url}/OUT`, { amount: 30 }, { onRollback: `${url}/OUT.rev` });
      await wf.http(`${url}/IN`, { amount: 30 }, { onRollback: `${url}/IN.rev` });
      return `moved by ${wf.gid}`;
    };
    client.workflows.register('transfer', transfer, { callback: `${url}/resume` });
    return client;
  }

  /** Workflows whose participants answer so. The callback goes to the second instance. */
  function workflows(scripts: () => Scripts): Promise<readonly WorkflowCase[]> {
    return Promise.all(
      Array.from({ length: RACES }, async () => {
        const wf = cases.newWorkflow();
        await accounts.create(wf.gid);
        wf.answers({ ...scripts(), resume: () => resumed(wf.gid) });
        return wf;
      }),
    );
  }

  async function resumed(gid: string): Promise<Word> {
    const { status } = (await instances[1]?.workflows.resume('transfer', gid)) ?? {};
    return status === 200 ? 'ok' : 'wait';
  }

  const executed = (gid: string): Promise<readonly PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(instances.map((each) => each.workflow('transfer', gid).retryInterval(1).execute()));

  const guarded = (): Scripts => ({ OUT: accounts.guarded('OUT'), 'OUT.rev': accounts.guarded('OUT') });

  test('a workflow that two instances execute at the same time has one result and takes effect once', async () => {
    const all = await workflows(() => ({ ...guarded(), IN: accounts.guarded('IN') }));
    const outcomes = await Promise.all(all.map(({ gid }) => executed(gid)));
    for (const [index, wf] of all.entries()) {
      const value = `moved by ${wf.gid}`;
      expect(outcomes[index]).toEqual([
        { status: 'fulfilled', value },
        { status: 'fulfilled', value },
      ]);
      expect(await wf.ended()).toMatchObject({ status: 'succeed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action S']);
      expect(await accounts.moved(wf.gid)).toEqual({ OUT: -30, IN: 30 });
    }
  });

  test('a workflow that two instances execute at the same time is undone once when it is refused', async () => {
    const all = await workflows(() => ({ ...guarded(), IN: accounts.refusing('IN') }));
    const outcomes = await Promise.all(all.map(({ gid }) => executed(gid)));
    for (const [index, wf] of all.entries()) {
      expect(outcomes[index]?.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await wf.ended()).toMatchObject({ status: 'failed' });
      expect(await wf.recorded()).toEqual(['01:action S', '02:action F', '01:rollback S']);
      expect(await accounts.moved(wf.gid)).toEqual({ OUT: 0, IN: 0 });
    }
  });
});
