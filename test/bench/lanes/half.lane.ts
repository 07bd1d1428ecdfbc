import type { Lane } from './lane';
import { ours } from './ours.lane';

/** The coordinator of the lane `ours`, at half of the load that it carried in the same run. */
export const half: Lane = {
  name: 'half',
  what: 'the same coordinator at a steady half of what ours reached; times run from when a saga was due',
  start: ({ running }) => {
    const instance = running.get(ours.name);
    if (!instance) throw new Error(`the lane half runs on the coordinator of the lane ${ours.name}`);
    return Promise.resolve({ ...instance, pace: { of: ours.name, share: 0.5 } });
  },
};
