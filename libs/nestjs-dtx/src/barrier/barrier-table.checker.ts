import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { BarrierService } from './barrier.service';
import { checkBarrierTable } from './barrier-table';

/**
 * Refuses to start without the barrier tables: a handler that finds out at its first call would be repeated for ever. Looks
 * after all modules are initialised, as one of them may create the tables.
 */
@Injectable()
export class BarrierTableChecker implements OnApplicationBootstrap {
  constructor(
    private readonly explorer: DtxExplorer,
    private readonly barriers: BarrierService,
  ) {}

  /** @throws BarrierTableError, DtxDefinitionError */
  async onApplicationBootstrap(): Promise<void> {
    for (const { barrier, where } of this.explorer.handlers) {
      if (!barrier) continue;
      const { dataSource, table } = this.barriers.locate(barrier);
      await checkBarrierTable(dataSource, table, where);
    }
  }
}
