import type { QueryRunner } from 'typeorm';
import type { Session } from './dialect';

/** A session on one of TypeORM's connections: raw statements, without its repositories (performance: they cost milliseconds). */
export class TypeormSession implements Session {
  constructor(readonly queryRunner: QueryRunner) {}

  async rows<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> {
    const result = await this.queryRunner.query(sql, parameters as unknown[], true);
    return result.records as Row[];
  }

  async change(sql: string, parameters?: readonly unknown[]): Promise<number> {
    const result = await this.queryRunner.query(sql, parameters as unknown[], true);
    return result.affected ?? 0;
  }

  connection(): Promise<unknown> {
    return this.queryRunner.connect();
  }
}
