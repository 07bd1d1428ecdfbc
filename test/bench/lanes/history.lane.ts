import { coordinatorLane } from './coordinator-lane';
import type { Lane } from './lane';

export const history: Lane = {
  name: 'history',
  what: 'as ours, with finished transactions in the tables (--history)',
  start: (surroundings) => coordinatorLane(surroundings, surroundings.history),
};
