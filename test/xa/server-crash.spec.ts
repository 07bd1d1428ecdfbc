import { DtxClient } from '@nestjs-dtx/client';
import { Flow } from '../flows/flow';
import { Cleanup } from '../support/cleanup';
import { describePrivateServers } from '../support/describe-engines.spec-helper';
import { startServer } from '../support/servers';
import { until } from '../support/until';
import { Accounts } from './accounts';
import { XaRig } from './xa-rig';

const NOW = { olderThanSeconds: 0, unknownAfterSeconds: 0 };

describePrivateServers((name) => {
  test('prepared branches survive a crash of their database, and are ended afterwards', async () => {
    const cleanup = new Cleanup();
    try {
      const server = await startServer(cleanup, name);
      const flow = await Flow.start(cleanup);
      const client = new DtxClient({ coordinator: flow.coordinator.url });
      cleanup.add(() => client.close());
      const rig = new XaRig({ flow, client, accounts: await Accounts.create(cleanup, await server.createDatabase()) });
      const [committed, rolledBack, repeated] = [await rig.branch(), await rig.branch(), await rig.branch()];
      for (const branch of [committed, rolledBack, repeated]) await branch.work();
      await server.kill();
      await committed.decide('submit');
      await rolledBack.decide('abort');
      await server.start();
      // The first connections of the pools are broken.
      await until('the database answers', async () => (await rig.accounts.prepared()).length === 3);
      await repeated.rollback();
      expect(await rig.participant.reconciler(NOW).runOnce()).toEqual({
        committed: [committed.xid],
        rolledBack: [rolledBack.xid],
        left: [],
        failed: [],
      });
      expect([await committed.moved(), await rolledBack.moved(), await repeated.moved()]).toEqual([-30, 0, 0]);
    } finally {
      await cleanup.run();
    }
  });
});
