export { Gate } from './gate';
export { GrpcCaller, type GrpcResult } from './grpc-caller';
export { ManualClock } from './manual-clock';
export { MortalLink } from './mortal-link';
export {
  GRPC_ANSWERS,
  ScriptedGrpcService,
  type GrpcServiceAnswer,
  type GrpcServiceScript,
  type ReceivedGrpcCall,
} from './scripted-grpc-service';
export {
  ANSWERS,
  ScriptedService,
  type ReceivedCall,
  type ServiceAnswer,
  type ServiceScript,
} from './scripted-service';
export { storeContract } from './store-contract/store-contract';
export type { StoreHarness } from './store-contract/store-harness';
export { startTestCoordinator, type TestCoordinator, type TestCoordinatorOptions } from './test-coordinator';
export { until, type UntilOptions } from './until';
