import type { TransType } from '@nestjs-dtx/protocol';
import { coordinatorLane } from './coordinator-lane';
import type { Lane } from './lane';

/** Name of the lane that runs transactions of another type. */
export const MODE_LANE = 'mode';

/** @returns the lane of a type: a coordinator as ours, on a store of its own */
export function modeLane(transType: TransType): Lane {
  return {
    name: MODE_LANE,
    what: `as ours, with transactions of the type ${transType} (--mode)`,
    start: async (surroundings) => {
      const lane = await coordinatorLane(surroundings);
      // The steps of a workflow are calls of its client.
      return { ...lane, transType, callsBranches: transType !== 'workflow' };
    },
  };
}
