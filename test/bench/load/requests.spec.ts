import { TRANS_TYPES } from '@nestjs-dtx/protocol';
import { Cleanup } from '../../support/cleanup';
import { startCoordinator } from '../../support/coordinator';
import { CoordinatorApi } from '../../support/coordinator-api';
import { FixtureService } from '../../support/fixture/fixture-service';
import { send } from '../../support/http';
import type { ServerProcess } from '../../support/server-process';
import { requestsOf } from './requests';

const STEPS = 3;

describe('a transaction of the load', () => {
  const cleanup = new Cleanup();
  let coordinator: ServerProcess;
  let busi: FixtureService;

  beforeAll(async () => {
    busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    coordinator = await startCoordinator({ STORE_DRIVER: 'memory' });
    cleanup.add(() => coordinator.stop());
  });

  afterAll(() => cleanup.run());

  it.each(TRANS_TYPES)(
    'of the type %s is finished when its last request is answered, and has all its branches',
    async (type) => {
      const gid = `load-${type}`;
      for (const { path, bodyOf } of requestsOf(type, busi.url, STEPS)) {
        const headers = { 'content-type': 'application/json' };
        const reply = await send('POST', `${coordinator.url}${path}`, { body: bodyOf(gid), headers });
        expect([path, reply.status]).toEqual([path, 200]);
      }
      const { transaction, branches } = await new CoordinatorApi(coordinator.url).query(gid);
      expect(transaction).toMatchObject({ trans_type: type, status: 'succeed' });
      expect(new Set(branches.map(({ branch_id: id }) => id))).toEqual(new Set(['01', '02', '03']));
      // A workflow calls its branches itself.
      expect(busi.calls(gid)).toHaveLength(type === 'workflow' ? 0 : STEPS);
    },
  );
});
