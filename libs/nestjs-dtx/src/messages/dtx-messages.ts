import { Inject, Injectable } from '@nestjs/common';
import type { BarrierInfo, MsgBuilder } from '@nestjs-dtx/client';
import type { EntityManager } from 'typeorm';
import { BarrierService } from '../barrier/barrier.service';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { DtxDefinitionError } from '../errors/dtx-definition.error';

/** What a message promises to follow: it writes through the manager, and refuses by throwing. */
export type MessageWork<T> = (manager: EntityManager, branch: BarrierInfo) => Promise<T>;

/** 2-phase messages that are sent if, and only if, a local transaction of this service commits. */
@Injectable()
export class DtxMessages {
  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly explorer: DtxExplorer,
    private readonly barriers: BarrierService,
  ) {}

  /**
   * Announces the message, runs the work in a local transaction that also holds the message's row in the barrier table,
   * commits, and submits the message (spec 9.3). If this process dies in between, the coordinator asks the method with
   * `@MsgQueryPrepared` of the same DataSource and table, which is found by itself.
   *
   * @param target DataSource and table of the local transaction, if they are not the default ones
   * @returns what the work returned
   * @throws DtxDefinitionError when no method has `@MsgQueryPrepared` for this DataSource and table
   * @throws BarrierDuplicatedError when the message was handled before, or given up in the meantime
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError; after the commit the message is delivered all the same
   */
  async doAndSubmit<T>(message: MsgBuilder, work: MessageWork<T>, target: BarrierMetadata = {}): Promise<T> {
    return message.doAndSubmit(this.checkBackOf(target), async (info) => {
      const result = await this.barriers.run(info, target, (manager) => work(manager, info));
      // The barrier of a message runs its business, or throws: it never skips it.
      return (result as { readonly value: T }).value;
    });
  }

  /** @returns `service/handler` of the check-back that looks where the local transaction writes. */
  private checkBackOf(target: BarrierMetadata): string {
    const place = this.barriers.locate(target);
    const found = this.explorer.handlers.find(({ metadata: { ownBarrier } }) => {
      if (ownBarrier?.kind !== 'check-back') return false;
      const { dataSource, table } = this.barriers.locate(ownBarrier);
      return dataSource === place.dataSource && table === place.table;
    });
    if (found) return `${this.options.service}/${found.metadata.name}`;
    throw new DtxDefinitionError(
      `no check-back looks into the barrier table '${place.table}', so nobody could tell whether the message may be sent: ` +
        'add a method with @MsgQueryPrepared() to a controller, or name its DataSource and table in @MsgQueryPrepared(name, { dataSource, table })',
    );
  }
}
