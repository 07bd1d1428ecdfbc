import type { DataSource, QueryRunner } from 'typeorm';
import type { ServerDialect } from './dialect';
import { TypeormSession } from './typeorm-session';

/**
 * Sessions of one DataSource. A session on which a statement failed for a reason of the connection is destroyed instead of
 * being given back: the next user would meet a transaction that nobody ended.
 */
export class SessionPool {
  /** Connections that have what the dialect relies on. */
  private readonly prepared = new WeakSet<object>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly dialect: ServerDialect,
  ) {}

  /** Connects. A failure is the database's, as the driver tells it. */
  async take(): Promise<TypeormSession> {
    const queryRunner = this.dataSource.createQueryRunner();
    const session = new TypeormSession(queryRunner);
    try {
      await this.prepare((await queryRunner.connect()) as object, session);
    } catch (error) {
      await release(queryRunner, true);
      throw error;
    }
    return session;
  }

  async giveBack(session: TypeormSession, { broken }: { readonly broken: boolean }): Promise<void> {
    await release(session.queryRunner, broken);
  }

  /** Work on a session of its own. */
  async using<T>(work: (session: TypeormSession) => Promise<T>): Promise<T> {
    const session = await this.take();
    let broken = false;
    try {
      return await work(session);
    } catch (error) {
      broken = this.dialect.kindOf(error) === 'outage';
      throw error;
    } finally {
      await this.giveBack(session, { broken });
    }
  }

  private async prepare(connection: object, session: TypeormSession): Promise<void> {
    if (!this.dialect.prepare || this.prepared.has(connection)) return;
    await this.dialect.prepare(session);
    this.prepared.add(connection);
  }
}

/** Ends the connection if it is broken: both drivers' pools forget one that has ended. */
async function release(queryRunner: QueryRunner, broken: boolean): Promise<void> {
  if (broken) {
    const connection = (await queryRunner.connect().catch(() => undefined)) as RawConnection | undefined;
    if (connection?.destroy) connection.destroy();
    else void connection?.end?.().catch(() => undefined);
  }
  await queryRunner.release();
}

/** What the drivers' connections have in common: mysql2 destroys, pg ends. */
interface RawConnection {
  destroy?(): void;
  end?(): Promise<void>;
}
