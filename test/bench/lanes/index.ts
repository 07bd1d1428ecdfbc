import { floorHalf } from './floor-half.lane';
import { floor } from './floor.lane';
import { half } from './half.lane';
import { history } from './history.lane';
import type { Lane } from './lane';
import { naive } from './naive.lane';
import { ours } from './ours.lane';
import { store } from './store.lane';

export { grpcLane } from './grpc.lane';
export { modeLane } from './mode.lane';
export { transportLane } from './transport.lane';
export type { Lane, LaneSurroundings, RelativePace, RunningLane } from './lane';

/** All lanes, in the order of the table. Those that use another one stand behind it. */
export const LANES: readonly Lane[] = [ours, half, floor, floorHalf, naive, store, history];
