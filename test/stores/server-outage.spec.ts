import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { ServerStore, type TransactionStore } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { describePrivateServers } from '../support/describe-engines.spec-helper';
import { startServer, type DatabaseAddress, type PrivateServer } from '../support/servers';
import { until } from '../support/until';
import { newLease, outcome, saga } from './saga-writes';

const PATIENCE = { withinMs: 40_000, everyMs: 50 };
const UNAVAILABLE = { code: 'DTX_STORE_UNAVAILABLE' };

/** What each method of the store does on a server that is not there. */
const CALLS: Readonly<Record<string, (store: TransactionStore) => Promise<unknown>>> = {
  ping: (store) => store.ping(),
  write: (store) => store.write(saga(newLease())),
  claim: (store) => store.claim(10, newLease()),
  renew: (store) => store.renew([{ gid: 'held', epoch: 1 }], 1000),
  find: (store) => store.find('held'),
  list: (store) => store.list({ limit: 1 }),
  rearm: (store) => store.rearm('held'),
  kvPut: (store) => store.kvPut({ category: 'topics', key: 'k', value: 'v' }),
  kvScan: (store) => store.kvScan('topics'),
  kvPage: (store) => store.kvPage({ category: 'topics', limit: 1 }),
  kvFind: (store) => store.kvFind('topics', 'k'),
};

describe('a database server under an open store', () => {
  describePrivateServers((name) => {
    const cleanup = new Cleanup();
    const lines: string[] = [];
    let server: PrivateServer;
    let database: DatabaseAddress;
    let store: TransactionStore;

    beforeAll(async () => {
      for (const level of ['log', 'error'] as const) {
        jest
          .spyOn(Logger.prototype, level)
          .mockImplementation((...line: unknown[]) => void lines.push(String(line[0])));
      }
      server = await startServer(cleanup, name);
      database = await server.createDatabase();
      store = await openStore();
      cleanup.add(() => store.close());
    });
    afterAll(() => cleanup.run());

    async function openStore(options: Partial<DatabaseAddress> = {}): Promise<TransactionStore> {
      const opened = new ServerStore({ ...database, ...options, autoMigrate: true });
      await opened.open();
      return opened;
    }

    test.each(['kill', 'stop'] as const)(
      'may be gone (%s): everything fails with a code, and all of it works when it is back, by itself',
      async (end) => {
        const before = saga(newLease());
        await store.write(before);
        // Several connections of the pool have to notice.
        await Promise.all(Array.from({ length: 6 }, () => store.ping()));
        lines.length = 0;
        await server[end]();
        for (const [method, call] of Object.entries(CALLS)) {
          const failure = await call(store).catch((error: unknown) => error);
          expect([method, failure]).toMatchObject([method, UNAVAILABLE]);
        }
        await server.start();
        await until('it answers', () => store.ping(), PATIENCE);
        for (const call of Object.values(CALLS)) await call(store);
        expect(await store.write(outcome(before.gid, 1))).toMatchObject({ result: 'applied' });
        expect(lines).toEqual([
          expect.stringMatching(new RegExp(`^${name} at 127.0.0.1:\\d+ does not answer \\(.+\\)`)),
          `${name} at 127.0.0.1:${database.port} answers again`,
        ]);
      },
      90_000,
    );

    test('may hang: nobody waits for ever, and work goes on when it is over', async () => {
      await store.write(saga(newLease()));
      const processes = [server.pid!, ...childrenOf(server.pid!)];
      for (const pid of processes) process.kill(pid, 'SIGSTOP');
      try {
        const calls = [store.write(saga(newLease())), store.ping(), store.find('held')];
        for (const call of calls) await expect(call).rejects.toMatchObject(UNAVAILABLE);
      } finally {
        for (const pid of processes) process.kill(pid, 'SIGCONT');
      }
      const write = saga(newLease());
      await until('it answers', async () => (await store.write(write)).result, PATIENCE);
      expect(await store.find(write.gid)).toMatchObject({ transaction: { gid: write.gid } });
    });

    test('may end idle sessions: nothing fails for that', async () => {
      const idle = await openStore();
      await idle.write(saga(newLease()));
      lines.length = 0;
      await endSessions();
      expect(await idle.write(saga(newLease()))).toMatchObject({ result: 'applied' });
      expect(lines).toEqual([]);
      await idle.close();
    });

    test('is named when it cannot be used, with what to check and without the password', async () => {
      const password = 'a wrong password';
      const failure = openStore({ password });
      await expect(failure).rejects.toMatchObject(UNAVAILABLE);
      const text = String(await failure.catch((error: unknown) => error));
      expect(text).toContain(`${name} at 127.0.0.1:${database.port}, database ${database.database}`);
      expect(text).toContain('STORE_');
      expect(text).not.toContain(password);
      await expect(openStore({ port: 1 })).rejects.toMatchObject(UNAVAILABLE);
      await expect(openStore({ database: 'nowhere' })).rejects.toMatchObject(UNAVAILABLE);
    });

    async function endSessions(): Promise<void> {
      if (name === 'postgres') {
        await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = '${database.database}'`);
        return;
      }
      const sessions = await server.query<{ id: number }>(
        `SELECT id FROM information_schema.processlist WHERE db = '${database.database}'`,
      );
      for (const { id } of sessions) await server.query(`KILL ${id}`);
    }
  });
});

/** PostgreSQL has a process for each session. */
function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}
