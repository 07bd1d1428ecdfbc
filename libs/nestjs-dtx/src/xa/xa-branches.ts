import { Inject, Injectable } from '@nestjs/common';
import { DtxClient, type BarrierInfo, type BranchInfo, type XaParticipant, type XaRunner } from '@nestjs-dtx/client';
import type { DataSource, EntityManager } from 'typeorm';
import { BarrierService } from '../barrier/barrier.service';
import { xaDialectOf } from '../barrier/database-kind';
import { runInScope } from '../context/dtx-context';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { DTX_CLIENT } from '../dtx.tokens';
import { XaDataSources } from './xa-data-sources';
import { xaSettings } from './xa-options';
import { openXaSession, type TypeormXaSession } from './typeorm-xa-session';

/** The participant's side of XA transactions on the DataSources of this application. */
@Injectable()
export class XaBranches {
  private readonly participants = new Map<DataSource, Map<string, XaParticipant<TypeormXaSession>>>();
  private readonly lent: BarrierMetadata[] = [];

  constructor(
    @Inject(DTX_CLIENT) private readonly client: DtxClient,
    private readonly barriers: BarrierService,
    private readonly pools: XaDataSources,
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
  ) {}

  /**
   * Carries out a request of a branch: op `action` runs the business in an XA transaction and prepares it, `commit` and
   * `rollback` end it. What `@XaBranch` does.
   *
   * @param business works through the manager only
   * @returns what the business returned; undefined for a repeat, a commit and a rollback
   * @throws BranchFailureError, BranchOngoingError, XaBranchError and what the business throws
   */
  async handle<T>(
    branch: BranchInfo,
    target: BarrierMetadata,
    business: (manager: EntityManager) => Promise<T>,
  ): Promise<T | undefined> {
    const handled = await this.participant(target).handle(branch, (session) => session.inBranch(business));
    return handled.phase === 1 && handled.ran ? handled.value : undefined;
  }

  /**
   * For the steps of workflows: `wf.xa('pay', this.xa, (manager) => …)` with `private readonly xa = branches.runner()`. Make it
   * when the application is built, not within the workflow: then the start looks whether its database can take part, and
   * branches that were left behind are looked for there from the start on.
   *
   * @param target DataSource and table of the barrier, if they are not the default ones
   */
  runner(target: BarrierMetadata = {}): XaRunner<EntityManager> {
    this.lent.push(target);
    const participant = (): XaParticipant<TypeormXaSession> => this.participant(target);
    const inScope = <T>(branch: BarrierInfo, business: (manager: EntityManager) => Promise<T>) => {
      return (manager: EntityManager) => runInScope({ branch, manager }, () => business(manager));
    };
    return {
      xidOf: (branch) => participant().xidOf(branch),
      work: (branch, { business, register }) =>
        participant().work(branch, { business: (session) => session.inBranch(inScope(branch, business)), register }),
      commit: (branch) => participant().commit(branch),
      rollback: (branch) => participant().rollback(branch),
    };
  }

  /** Where runners of this application write. */
  get runners(): readonly BarrierMetadata[] {
    return this.lent;
  }

  /** @throws DtxDefinitionError for a DataSource without XA */
  participant(target: BarrierMetadata): XaParticipant<TypeormXaSession> {
    const { dataSource, table } = this.barriers.locate(target);
    const byTable = this.participants.get(dataSource) ?? new Map<string, XaParticipant<TypeormXaSession>>();
    this.participants.set(dataSource, byTable);
    const participant = byTable.get(table) ?? this.create(dataSource, table);
    byTable.set(table, participant);
    return participant;
  }

  private create(dataSource: DataSource, table: string): XaParticipant<TypeormXaSession> {
    const database = {
      dialect: xaDialectOf(dataSource),
      open: async () => openXaSession(dataSource, await this.pools.of(dataSource, 'work')),
      openControl: async () => openXaSession(dataSource, await this.pools.of(dataSource, 'control')),
    };
    const { limits } = xaSettings(this.options.xa);
    return this.client.xaParticipant({ database, table, ...limits });
  }
}
