import { floor } from './floor.lane';
import type { Lane } from './lane';
import { naive } from './naive.lane';
import { ours } from './ours.lane';
import { store } from './store.lane';

export type { Lane, RunningLane } from './lane';

/** All lanes, in the order of the table. */
export const LANES: readonly Lane[] = [ours, floor, naive, store];
