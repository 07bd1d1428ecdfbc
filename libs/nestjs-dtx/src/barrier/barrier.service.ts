import { Inject, Injectable } from '@nestjs/common';
import {
  Barrier,
  BarrierInfoError,
  DEFAULT_BARRIER_TABLE,
  queryPrepared,
  type BarrierInfo,
  type BarrierResult,
  type BarrierRunner,
} from '@nestjs-dtx/client';
import type { DataSource, EntityManager } from 'typeorm';
import { currentScope } from '../context/dtx-context';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { DataSources } from './data-sources';
import { dataSourceOf, dialectOf } from './database-kind';
import { inLocalTransaction } from './local-transactions';
import { typeormExecutor } from './typeorm-executor';

/** @see BarrierService.call */
export interface BarrierCallOptions {
  /**
   * Which branch request this is.
   * @default the one that is being handled
   */
  readonly branch?: BarrierInfo;
  /** @default the module's */
  readonly table?: string;
}

/** Barriers and local transactions for code that no decorator covers. */
@Injectable()
export class BarrierService {
  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly dataSources: DataSources,
  ) {}

  /**
   * Runs the work in a local transaction. On SQLite it waits for its turn: there a DataSource has one connection, and what is
   * written past this method, beside an open transaction, is lost if that rolls back. So on SQLite write, and read what
   * must be committed, through it.
   *
   * @param dataSource name of the DataSource, none for the default one
   */
  transaction<T>(work: (manager: EntityManager) => Promise<T>, dataSource?: string): Promise<T> {
    return inLocalTransaction(this.dataSources.get(dataSource), work);
  }

  /**
   * Runs the business in its own local transaction, behind the barrier of one branch request: what `@BarrierProtected` does.
   *
   * @throws BarrierInfoError when the branch is not fully named
   */
  run<T>(
    branch: BarrierInfo,
    target: BarrierMetadata,
    business: (manager: EntityManager) => Promise<T>,
  ): Promise<BarrierResult<T>> {
    const { dataSource, table } = target;
    return this.transaction(
      (manager) => this.call(manager, () => business(manager), { branch, ...(table !== undefined && { table }) }),
      dataSource,
    );
  }

  /**
   * For the steps of workflows: `wf.branch('reserve').transaction(this.barriers.runner(), (manager) => …)`.
   *
   * @returns what runs business behind the barrier of the branch that it is given, as {@link run} does
   */
  runner(target: BarrierMetadata = {}): BarrierRunner<EntityManager> {
    return (branch, business) => this.run(branch, target, business);
  }

  /**
   * Decides inside the caller's open transaction whether the business runs. Commit afterwards, also if it did not. Once per
   * branch request and table: a second call would find the row of the first and take itself for a repetition.
   *
   * @throws BarrierRootHandleError for a manager without an open transaction
   * @throws BarrierInfoError when there is no branch
   */
  async call<T>(
    manager: EntityManager,
    business: () => Promise<T>,
    options: BarrierCallOptions = {},
  ): Promise<BarrierResult<T>> {
    const executor = typeormExecutor(manager);
    const branch = options.branch ?? currentScope()?.branch;
    if (!branch) throw new BarrierInfoError('gid', 'is missing: there is no branch request in this flow of calls');
    const table = this.tableOf(options);
    const barrier = new Barrier(branch, { dialect: dialectOf(dataSourceOf(manager)), table });
    return barrier.call(executor, business);
  }

  /**
   * Answers the check-back of a 2-phase message: did its local transaction commit? (spec 8.4) Waits while that transaction is
   * open; after `rolled-back` it cannot commit any more. What `@MsgQueryPrepared` does.
   *
   * @throws BarrierInfoError when the branch is not fully named
   */
  queryPrepared(branch: BarrierInfo, target: BarrierMetadata): Promise<'committed' | 'rolled-back'> {
    const { dataSource, table } = this.locate(target);
    return inLocalTransaction(dataSource, (manager) =>
      queryPrepared(typeormExecutor(manager), branch, { dialect: dialectOf(dataSource), table }),
    );
  }

  /** @returns DataSource and table that a handler's barrier uses. */
  locate(target: BarrierMetadata): { dataSource: DataSource; table: string } {
    return { dataSource: this.dataSources.get(target.dataSource), table: this.tableOf(target) };
  }

  private tableOf({ table }: { readonly table?: string }): string {
    return table ?? this.options.barrierTable ?? DEFAULT_BARRIER_TABLE;
  }
}
