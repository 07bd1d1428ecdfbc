import { coordinatorLane } from './coordinator-lane';
import type { Lane } from './lane';
import { startProcess } from './process';

/** The same sagas over gRPC on both sides: submitted by it, and with branches behind it. */
export const grpcLane: Lane = {
  name: 'grpc',
  what: 'as ours, submitted over gRPC and with branches over gRPC (--protocol=grpc)',
  start: async (surroundings) => {
    const { cleanup } = surroundings;
    const branches = await startProcess(cleanup, 'grpc-branch-service');
    const driver = await startProcess(cleanup, 'grpc-load-generator');
    const lane = await coordinatorLane(surroundings);
    return { ...lane, driver, branches, isGrpc: true };
  },
};
