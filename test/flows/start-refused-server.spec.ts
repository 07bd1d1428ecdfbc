import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { serverPort } from '../support/servers/server-port';
import { SHARED_ENGINES, type StoreEnvironment } from '../support/store-engine';
import { refusedStart } from './refused-start';

const SECRET = 'a password that nobody may see';

/** What keeps a coordinator from its database, and what the refusal has to tell. */
const PROBLEMS: readonly {
  readonly problem: string;
  readonly change: () => Promise<StoreEnvironment> | StoreEnvironment;
  readonly told: RegExp;
}[] = [
  {
    problem: 'nobody listens at its address',
    change: async () => ({ STORE_PORT: String(await serverPort()), STORE_PASSWORD: SECRET }),
    told: /DTX_STORE_UNAVAILABLE.*127\.0\.0\.1:\d+.*ECONNREFUSED/,
  },
  {
    problem: 'its password is wrong',
    change: () => ({ STORE_PASSWORD: SECRET }),
    told: /DTX_STORE_UNAVAILABLE.*127\.0\.0\.1:\d+.*(Access denied|password authentication failed)/,
  },
  {
    problem: 'there is no such account',
    change: () => ({ STORE_USER: 'stranger', STORE_PASSWORD: SECRET }),
    told: /DTX_STORE_UNAVAILABLE.*127\.0\.0\.1:\d+.*stranger/,
  },
  {
    problem: 'there is no such database',
    change: () => ({ STORE_DB: 'nowhere' }),
    told: /DTX_STORE_UNAVAILABLE.*127\.0\.0\.1:\d+.*nowhere/,
  },
  {
    problem: 'there is no schema, and it may not make one',
    change: () => ({ STORE_AUTO_MIGRATE: 'off' }),
    told: /DTX_STORE_SCHEMA_OLD.*coordinator migrate.*STORE_AUTO_MIGRATE/,
  },
];

describe('a coordinator that cannot start on its database server, as', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let store: StoreEnvironment;

    beforeAll(async () => {
      store = await engine.create(cleanup);
    });

    afterAll(() => cleanup.run());

    test.each(PROBLEMS)('$problem, says so in one line', async ({ change, told }) => {
      const env = { ...store, ...(await change()) };
      const { code, lines } = await refusedStart(cleanup, env);
      expect(lines).toEqual([expect.stringMatching(told)]);
      expect(code).toBe(1);
      expect(lines[0]).not.toContain(env['STORE_PASSWORD']);
    });
  });
});
