import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { QueryRunner } from 'typeorm';
import { inTransaction } from '../schema/in-transaction';
import type { Reporter } from '../schema/reporter';
import { copyPlans, copyStatement, type CopyPlan } from './copy-plan';
import { copyRows } from './copy-rows';
import { expectNoDtm, expectUntouchedCopies, type Quiet } from './dtm-activity';
import { keptAs, presentTables, problemOf, type Columns, type DtmTable } from './dtm-tables';
import { sourceZone } from './source-zone';
import type { TakeOverDialect } from './take-over-dialect';
import { beginTakeOver, finishTakeOver, zoneOfTakeOver } from './take-over-record';

/** A database of dtm's, and how to deal with it. */
export interface TakeOverTask {
  readonly queryRunner: QueryRunner;
  readonly dialect: TakeOverDialect;
  /** What the schema holds before. */
  readonly columns: Columns;
  /** Zone of dtm's local times: a name or an offset. */
  readonly sourceTimeZone: string | undefined;
  /** Creates our tables, as in an empty database. */
  readonly createTables: () => Promise<void>;
  readonly report: Reporter;
}

/** How careful, and how much at once. */
export interface TakeOverPace {
  readonly quiet: Quiet;
  /** Rows copied by one statement. */
  readonly rows: number;
}

/**
 * Makes a coordinator's database of dtm's, in steps of which each may be repeated:
 *
 * 1. dtm's tables get other names, and are never changed: they are the way back.
 * 2. Our tables are created.
 * 3. Every row is copied, its times converted.
 * 4. A last look at the copies: a dtm that runs on unnoticed would take them for its own.
 *
 * No coordinator starts before the last step has ended.
 */
export class TakeOver {
  constructor(private readonly task: TakeOverTask) {}

  /** @throws DtxError `DTX_TAKEOVER_REFUSED`, `DTX_INVALID_CONFIG` for a time zone that is missing or does not exist */
  async run({ quiet, rows }: TakeOverPace): Promise<void> {
    const { queryRunner, dialect, columns, sourceTimeZone, report } = this.task;
    const zone = sourceZone(dialect, sourceTimeZone);
    this.refuseForeignTables();
    report('watching the tables of dtm');
    await expectNoDtm(queryRunner, { dialect, zone }, quiet);
    await this.rename();
    await this.createAndCopy(sourcesOf(columns, asIs), sourceTimeZone, (plan) => this.copy(plan, rows));
    await this.finish();
  }

  /** Goes on where one broke off after dtm's tables had been renamed. @throws DtxError as `run` does */
  async resume({ rows }: TakeOverPace): Promise<void> {
    const { queryRunner, columns, sourceTimeZone } = this.task;
    const zone = await zoneOfTakeOver(queryRunner, sourceTimeZone);
    await this.createAndCopy(sourcesOf(columns, keptAs), zone, (plan) => this.copy(plan, rows));
    await this.finish();
  }

  /** For a connection that writes statements down: does not look for a dtm at work, copies a table with one statement. */
  async writeDown(): Promise<void> {
    const { queryRunner, dialect, columns, sourceTimeZone } = this.task;
    sourceZone(dialect, sourceTimeZone);
    this.refuseForeignTables();
    await this.rename();
    await this.createAndCopy(sourcesOf(columns, asIs), sourceTimeZone, async (plan) => {
      await queryRunner.query(copyStatement(plan));
    });
    await finishTakeOver(queryRunner, dialect);
  }

  private refuseForeignTables(): void {
    const problem = problemOf(this.task.columns);
    if (problem) throw new DtxError(ERROR_CODES.takeOverRefused, problem);
  }

  private async rename(): Promise<void> {
    const { queryRunner, dialect, columns, sourceTimeZone, report } = this.task;
    await beginTakeOver(queryRunner, dialect, sourceTimeZone);
    report('renaming the tables of dtm');
    const names = presentTables(columns, asIs).map((table) => [table, keptAs(table)] as const);
    await inTransaction(queryRunner, async () => {
      for (const sql of dialect.rename(names)) await queryRunner.query(sql);
    });
  }

  private async createAndCopy(
    sources: ReadonlyMap<DtmTable, ReadonlySet<string>>,
    sourceTimeZone: string | undefined,
    copy: (plan: CopyPlan) => Promise<void>,
  ): Promise<void> {
    const { queryRunner, dialect, createTables, report } = this.task;
    await createTables();
    for (const plan of copyPlans({ dialect, zone: sourceZone(dialect, sourceTimeZone), sources })) {
      await copy(plan);
      report(`completing ${plan.table}`);
      for (const sql of dialect.afterCopy(plan.table)) await queryRunner.query(sql);
    }
  }

  private async finish(): Promise<void> {
    const { queryRunner, dialect, report } = this.task;
    report('ending the take-over');
    await expectUntouchedCopies(queryRunner);
    await finishTakeOver(queryRunner, dialect);
  }

  private copy(plan: CopyPlan, rows: number): Promise<void> {
    return copyRows(this.task.queryRunner, plan, { rows, report: this.task.report });
  }
}

const asIs = (table: DtmTable): string => table;

function sourcesOf(columns: Columns, nameOf: (table: DtmTable) => string): Map<DtmTable, ReadonlySet<string>> {
  return new Map(presentTables(columns, nameOf).map((table) => [table, columns.get(nameOf(table)) ?? new Set()]));
}
