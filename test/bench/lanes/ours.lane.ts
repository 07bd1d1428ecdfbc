import { coordinatorLane } from './coordinator-lane';
import type { Lane } from './lane';

export const ours: Lane = {
  name: 'ours',
  what: 'the coordinator app as it is shipped',
  start: (surroundings) => coordinatorLane(surroundings),
};
