import type { DtxClient } from '@nestjs-dtx/client';
import { ANSWERS, ScriptedService } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { until } from '../support/until';
import { SdkRig } from './sdk-rig';

/** Starts a transaction at a service whose calls all fail but those below `/fine`. */
type Start = (client: DtxClient, gid: string, url: string) => Promise<unknown>;

const MODES: readonly (readonly [what: string, start: Start, status: string])[] = [
  [
    'a step of a saga',
    (client, gid, url) => client.saga(gid).add(`${url}/do`, '').maxAttempts(2).retryInterval(1).submit(),
    'submitted',
  ],
  [
    'a confirm of tcc',
    (client, gid, url) =>
      client
        .tcc(gid)
        .maxAttempts(2)
        .retryInterval(1)
        .run((tcc) => tcc.branch({ try: `${url}/fine`, confirm: `${url}/confirm`, cancel: '' })),
    'submitted',
  ],
  [
    'a receiver of a message',
    (client, gid, url) => client.msg(gid).add(`${url}/tell`).maxAttempts(2).retryInterval(1).submit(),
    'submitted',
  ],
  [
    'a check-back',
    (client, gid, url) =>
      client.msg(gid).add(`${url}/tell`).maxAttempts(2).retryInterval(1).timeoutToFail(1).prepare(`${url}/check`),
    'prepared',
  ],
  [
    'the callback of a workflow',
    (client, gid, url) => {
      client.workflows.register('unfinished', () => Promise.reject(new Error('not now')), {
        callback: `${url}/resume`,
      });
      const workflow = client.workflow('unfinished', gid).maxAttempts(2).retryInterval(1);
      return expect(workflow.execute()).rejects.toMatchObject({ code: 'DTX_NOT_FINISHED' });
    },
    'prepared',
  ],
];

describe('max_attempts', () => {
  const cleanup = new Cleanup();
  let rig: SdkRig;

  beforeAll(async () => {
    rig = await SdkRig.start(cleanup);
  });
  afterAll(() => cleanup.run());

  test.concurrent.each(MODES)(
    'leaves %s alone that fails so often, until somebody asks for one more try',
    async (what, start, status) => {
      const gid = rig.newGid(`stuck-${what.replaceAll(' ', '-')}`);
      const failing = await serviceThat((path) => path.startsWith('/fine'));
      await start(rig.client, gid, failing.url);
      await untilAttempts(gid, 2);
      const { transaction } = await rig.client.query(gid);
      expect(transaction).toMatchObject({ status, last_error: expect.stringContaining('status 500') as string });
      // A transaction without the limit goes on meanwhile.
      const witness = rig.newGid('witness');
      await rig.client.saga(witness).add(`${failing.url}/witness`, '').retryInterval(1).submit();
      await untilAttempts(witness, 3);
      await rig.client.forceStop(witness);
      expect(calls(failing)).toBe(2);
      await rig.flow.api.post('resetNextCronTime', { gid });
      await untilAttempts(gid, 3);
      expect(calls(failing)).toBe(3);
    },
  );

  async function serviceThat(isFine: (path: string) => boolean): Promise<ScriptedService> {
    const service = await ScriptedService.start();
    cleanup.add(() => service.stop());
    service.script = ({ path }) => (isFine(path) ? ANSWERS.success : ANSWERS.error);
    return service;
  }

  const calls = (service: ScriptedService): number =>
    service.calls.filter(({ path }) => path !== '/fine' && path !== '/witness').length;

  const untilAttempts = (gid: string, attempts: number): Promise<unknown> =>
    until(
      `${gid} has ${attempts} attempts`,
      async () => (await rig.client.query(gid)).transaction?.attempts === attempts,
    );
});
