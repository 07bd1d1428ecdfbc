import type { Session } from '../dialect';
import { POSTGRES } from './postgres-dialect';

/** A server that says of itself that it is this version. */
function serverOf(version: number, name: string): Session {
  return {
    rows: <Row>() => Promise.resolve([{ version, name }] as unknown as readonly Row[]),
    change: () => Promise.resolve(0),
    connection: () => Promise.resolve(undefined),
  };
}

describe('the PostgreSQL dialect', () => {
  it('takes the oldest version that is maintained', async () => {
    await expect(POSTGRES.checkServer(serverOf(140_000, '14.0'))).resolves.toBeUndefined();
  });

  it('refuses an older one with the version it needs', async () => {
    await expect(POSTGRES.checkServer(serverOf(130_022, '13.22 (Debian)'))).rejects.toMatchObject({
      code: 'DTX_STORE_UNAVAILABLE',
      message: 'PostgreSQL 13.22 (Debian) is too old: version 14 or later is needed',
    });
  });

  it('connects as the options say', () => {
    const options = { host: 'db.example', port: 5433, user: 'dtx', password: 'secret', database: 'tx', poolSize: 3 };
    const connection = POSTGRES.connection({ driver: 'postgres', ...options });
    const { user: username, ...same } = options;
    expect(connection).toMatchObject({ type: 'postgres', username, ...same });
  });
});
