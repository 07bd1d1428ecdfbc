import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DtxDefinitionError } from '../errors/dtx-definition.error';
import { XaBranches } from './xa-branches';

/** Refuses to start XA branches on a database that cannot have any. */
@Injectable()
export class XaChecker implements OnApplicationBootstrap {
  constructor(
    private readonly explorer: DtxExplorer,
    private readonly branches: XaBranches,
  ) {}

  /** @throws DtxDefinitionError with the fix in its message */
  async onApplicationBootstrap(): Promise<void> {
    for (const target of this.branches.runners) await this.check(target, 'XaBranches.runner()');
    for (const { metadata, where } of this.explorer.handlers) {
      const { ownBarrier, decorator, name } = metadata;
      if (ownBarrier?.kind !== 'xa') continue;
      await this.check(ownBarrier, `${where}: @${decorator}('${name}')`);
    }
  }

  private async check(target: BarrierMetadata, who: string): Promise<void> {
    try {
      await this.branches.participant(target).check();
    } catch (cause) {
      throw new DtxDefinitionError(`${who}: ${(cause as Error).message}`, { cause });
    }
  }
}
