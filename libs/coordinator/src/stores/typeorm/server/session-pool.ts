import type { DataSource, QueryRunner } from 'typeorm';
import type { ServerDialect } from './dialect';
import { TypeormSession } from './typeorm-session';

/**
 * Sessions of one DataSource. A session on which a statement failed for a reason of the connection is destroyed instead of
 * being given back: the next user would meet a transaction that nobody ended.
 */
export class SessionPool {
  constructor(
    private readonly dataSource: DataSource,
    private readonly dialect: ServerDialect,
  ) {}

  /** Connects. A failure is the database's, as the driver tells it. */
  async take(): Promise<TypeormSession> {
    const queryRunner = this.dataSource.createQueryRunner();
    try {
      await queryRunner.connect();
    } catch (error) {
      await queryRunner.release();
      throw error;
    }
    return new TypeormSession(queryRunner);
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
