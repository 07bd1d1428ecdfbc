export { Barrier, type BarrierResult, type BarrierSkip } from './barrier/barrier';
export {
  BarrierCleaner,
  checkBarrierTtl,
  DEFAULT_BARRIER_TTL_SECONDS,
  MIN_BARRIER_TTL_SECONDS,
  type BarrierCleanerOptions,
  type InTransaction,
} from './barrier/barrier-cleaner';
export type { BarrierInfo } from './barrier/barrier-info';
export { barrierTableDdl, type BarrierOptions } from './barrier/barrier-table';
export type { BarrierDialect } from './barrier/dialects/dialect';
export { queryPrepared } from './barrier/query-prepared';
export type { SqlExecutor, SqlResult } from './barrier/sql-executor';
export { DEFAULT_BARRIER_TABLE } from './barrier/table-name';
export { BranchAnswer } from './branch/branch-answer';
export { branchResponse, type BranchResponse } from './branch/branch-response';
export { branchInfoFrom, type BranchInfo, type RequestFields } from './branch/branch-info';
export { DtxClient, type DtxClientOptions } from './dtx-client';
export { BarrierDuplicatedError } from './errors/barrier-duplicated.error';
export { BarrierInfoError } from './errors/barrier-info.error';
export { BarrierTableError } from './errors/barrier-table.error';
export { BranchCallError } from './errors/branch-call.error';
export { BranchFailureError, isBranchFailure } from './errors/branch-failure.error';
export { BranchOngoingError } from './errors/branch-ongoing.error';
export { CoordinatorRefusedError } from './errors/coordinator-refused.error';
export {
  CoordinatorUnreachableError,
  type UnreachableCall,
  type UnreachableOutcome,
} from './errors/coordinator-unreachable.error';
export { NotFinishedError } from './errors/not-finished.error';
export { TransactionFailedError } from './errors/transaction-failed.error';
export { WorkflowChangedError } from './errors/workflow-changed.error';
export { WorkflowMisuseError } from './errors/workflow-misuse.error';
export { WorkflowUnknownError } from './errors/workflow-unknown.error';
export { XaBranchError } from './errors/xa-branch.error';
export { MsgBuilder, type LocalDatabase } from './msg/msg-builder';
export type { MsgRequest } from './msg/msg-request';
export { SagaBuilder, type SagaSubmitter } from './saga/saga-builder';
export type { SagaRequest } from './saga/saga-request';
export { Tcc, type TccBranch } from './tcc/tcc';
export { TccBuilder } from './tcc/tcc-builder';
export type { JoinOptions, ParentBranch } from './two-phase/join-branch';
export { Topics } from './topics/topics';
export type { OptionalPayload } from './transactions/payload';
export { OptionsBuilder } from './transactions/options-builder';
export type { RequestOptions } from './transactions/request-options';
export type { SubmittedTransaction } from './transactions/submit';
export { TransactionBuilder } from './transactions/transaction-builder';
export type { TwoPhaseRequest } from './two-phase/two-phase-request';
export { barrierRunner, type BarrierRunner } from './workflow/barrier-runner';
export type { HttpRequestOptions } from './workflow/http-request';
export type { Recorded } from './workflow/json-copy';
export type { ResumeAnswer } from './workflow/resume-answer';
export type { WorkflowFunction } from './workflow/run-workflow';
export type { WorkflowStep } from './workflow/step';
export { WorkflowBranch, type BranchFinish } from './workflow/workflow-branch';
export { WorkflowBuilder, type WorkflowInput } from './workflow/workflow-builder';
export { WorkflowContext, type HttpBranchOptions, type WorkflowLane } from './workflow/workflow-context';
export type { WorkflowOptions } from './workflow/workflow-definition';
export { Workflows } from './workflow/workflows';
export type { XaRunner } from './workflow/xa-runner';
export {
  mysql2Database,
  type Mysql2Connection,
  type Mysql2Pool,
  type Mysql2Session,
} from './xa/participant/drivers/mysql2-database';
export { pgDatabase, type PgClient, type PgPool, type PgSession } from './xa/participant/drivers/pg-database';
export type { PhaseOneWork } from './xa/participant/phase-one';
export { XaParticipant, type XaHandled, type XaParticipantOptions } from './xa/participant/xa-participant';
export { XaReconciler, type XaReconcilerOptions, type XaReconcilerReport } from './xa/participant/xa-reconciler';
export { checkXaLimits, type XaLimits } from './xa/participant/xa-limits';
export type { XaDatabase, XaSession } from './xa/participant/xa-session';
export { Xa } from './xa/xa';
export { XaBuilder } from './xa/xa-builder';
export type { XaDialect } from './xa/xid';
// What callers of this package meet in its signatures and errors, so that they need no second dependency.
export { DtxError, ERROR_CODES, InvalidRequestError } from '@nestjs-dtx/protocol';
export type { BranchView, ErrorCode, QueryView, TransactionView } from '@nestjs-dtx/protocol';
