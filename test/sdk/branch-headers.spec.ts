import type { DtxClient } from '@nestjs-dtx/client';
import { ANSWERS, ScriptedService, type ReceivedCall } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { SdkRig } from './sdk-rig';

const TENANT = { 'x-tenant': 'acme' };

/** Starts a transaction of one mode with headers, at a service whose every call fails once. */
type Start = (client: DtxClient, gid: string, url: string) => Promise<unknown>;

const MODES: readonly (readonly [mode: string, start: Start, end: string, calls: readonly string[]])[] = [
  [
    'saga',
    (client, gid, url) =>
      client
        .saga(gid)
        .add(`${url}/do`, `${url}/undo`)
        .add(`${url}/refuse`, '')
        .retryInterval(1)
        .branchHeaders(TENANT)
        .submit(),
    'failed',
    ['do action', 'refuse action', 'undo compensate'],
  ],
  [
    'tcc',
    (client, gid, url) =>
      client
        .tcc(gid)
        .retryInterval(1)
        .branchHeaders(TENANT)
        .run((tcc) => tcc.branch({ try: `${url}/sure/try`, confirm: `${url}/confirm`, cancel: '' })),
    'succeed',
    ['confirm confirm', 'sure/try try'],
  ],
  [
    'msg',
    (client, gid, url) =>
      client
        .msg(gid)
        .add(`${url}/tell`)
        .timeoutToFail(1)
        .retryInterval(1)
        .branchHeaders(TENANT)
        .prepare(`${url}/check`),
    'succeed',
    ['check msg', 'tell action'],
  ],
  [
    'workflow',
    (client, gid, url) => {
      client.workflows.register(
        'headers',
        async (wf) => {
          await wf.http(`${url}/step`, undefined, { onCommit: `${url}/confirm-step` });
        },
        { callback: `${url}/resume` },
      );
      return client.workflow('headers', gid).retryInterval(1).branchHeaders(TENANT).execute();
    },
    'succeed',
    ['confirm-step commit', 'resume headers', 'step action'],
  ],
];

describe('branch_headers', () => {
  const cleanup = new Cleanup();
  let rig: SdkRig;

  beforeAll(async () => {
    rig = await SdkRig.start(cleanup);
  });
  afterAll(() => cleanup.run());

  test.concurrent.each(MODES)(
    'of a %s come with every call, also with repeated ones and check-backs',
    async (mode, start, end, calls) => {
      const service = await ScriptedService.start();
      cleanup.add(() => service.stop());
      const gid = rig.newGid(`headers-${mode}`);
      const seen = new Map<string, ReceivedCall[]>();
      service.script = async (call) => {
        const key = `${call.path.slice(1)} ${call.query['op']}`;
        const earlier = seen.get(key) ?? [];
        seen.set(key, [...earlier, call]);
        if (earlier.length === 0 && !call.path.startsWith('/sure')) return ANSWERS.error;
        if (call.path === '/refuse') return ANSWERS.failure;
        if (call.path === '/resume') await rig.client.workflows.resume('headers', gid);
        return ANSWERS.success;
      };
      await start(rig.client, gid, service.url).catch((error: unknown) => {
        if (mode !== 'workflow') throw error;
      });
      await rig.reached(gid, end);
      expect([...seen.keys()].toSorted()).toEqual(calls);
      expect([...seen].filter(([key, each]) => each.length < (key.startsWith('sure') ? 1 : 2))).toEqual([]);
      const headers = [...seen.values()].flat().map((call) => call.headers['x-tenant']);
      expect(new Set(headers)).toEqual(new Set(['acme']));
    },
  );
});
