export { barrierMigration, type BarrierMigrationOptions } from './barrier/barrier-migration';
export { createBarrierTable } from './barrier/barrier-table';
export { BarrierService, type BarrierCallOptions } from './barrier/barrier.service';
export { DtxContext } from './context/dtx-context';
export { BarrierEntityManager } from './decorators/barrier-entity-manager.decorator';
export { BarrierProtected, type BarrierProtectedOptions } from './decorators/barrier-protected.decorator';
export { DtxBranch } from './decorators/dtx-branch.decorator';
export { DtxWorkflow, type WorkflowMethod } from './decorators/dtx-workflow.decorator';
export { InjectDtx } from './decorators/inject-dtx.decorator';
export { MsgAction } from './decorators/msg-action.decorator';
export {
  DEFAULT_QUERY_PREPARED,
  MsgQueryPrepared,
  type MsgQueryPreparedOptions,
} from './decorators/msg-query-prepared.decorator';
export { SagaCompensate } from './decorators/saga-compensate.decorator';
export { SagaStep, type SagaStepOptions } from './decorators/saga-step.decorator';
export { TccCancel, TccConfirm, TccTry, type TccTryOptions } from './decorators/tcc.decorators';
export { XaBranch, type XaBranchOptions } from './decorators/xa-branch.decorator';
export { DtxModule } from './dtx.module';
export { CoordinatorErrorFilter } from './http/coordinator-error.filter';
export type { DtxModuleAsyncOptions, DtxModuleOptions } from './dtx.module-definition';
export type { DtxExtras, DtxGrpcOptions, DtxOptions } from './dtx.options';
export { workflowPackageDefinition } from './workflow/workflow-grpc.controller';
export { getDtxToken } from './dtx.tokens';
export { DtxMessages, type MessageWork } from './messages/dtx-messages';
export { XaBranches } from './xa/xa-branches';
export type { XaOptions } from './xa/xa-options';
export type { XaReconciliationOptions } from './xa/xa-reconciliation-options';
export { BarrierRootHandleError } from './errors/barrier-root-handle.error';
export { DtxDefinitionError } from './errors/dtx-definition.error';
export { DtxFailureException } from './errors/dtx-failure.exception';
export { DtxOngoingException } from './errors/dtx-ongoing.exception';
export {
  BarrierDuplicatedError,
  BarrierInfoError,
  BarrierTableError,
  BranchCallError,
  BranchFailureError,
  BranchOngoingError,
  CoordinatorRefusedError,
  CoordinatorUnreachableError,
  DtxClient,
  NotFinishedError,
  TransactionFailedError,
  WorkflowChangedError,
  WorkflowContext,
  WorkflowMisuseError,
  WorkflowUnknownError,
  type BarrierInfo,
  type BarrierResult,
  type BarrierSkip,
  type BranchInfo,
  type Recorded,
  type WorkflowFunction,
  type WorkflowStep,
  type XaRunner,
} from '@nestjs-dtx/client';
