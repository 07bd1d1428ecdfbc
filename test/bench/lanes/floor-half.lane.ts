import { floor } from './floor.lane';
import { half } from './half.lane';
import type { Lane } from './lane';
import { ours } from './ours.lane';

/**
 * The bare server of the lane `floor` at the pace of the lane `half`: what the machine, the branches and the load themselves do to
 * the latencies. A pause of the machine hits it as well.
 */
export const floorHalf: Lane = {
  name: 'floor_half',
  what: `the server of floor at the pace of ${half.name}: what of its latencies is the machine's`,
  start: ({ running }) => {
    const instance = running.get(floor.name);
    if (!instance) throw new Error(`the lane floor_half runs on the server of the lane ${floor.name}`);
    return Promise.resolve({ ...instance, pace: { of: ours.name, share: 0.5 } });
  },
};
