import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
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
    for (const { metadata, where } of this.explorer.handlers) {
      const { ownBarrier, decorator, name } = metadata;
      if (ownBarrier?.kind !== 'xa') continue;
      try {
        await this.branches.participant(ownBarrier).check();
      } catch (cause) {
        throw new DtxDefinitionError(`${where}: @${decorator}('${name}'): ${(cause as Error).message}`, { cause });
      }
    }
  }
}
