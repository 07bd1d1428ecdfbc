import { COORDINATOR_SERVICE, DTM_SERVICE, GRPC_STATUS, RESULTS, type UnaryMethod } from '@nestjs-dtx/protocol';
import type { Answer } from '../http/coordinator-link';
import type { GrpcAnswered } from './grpc-reply';

/** Statuses of gRPC as HTTP has them (spec 2.1, 3.4); any other is an ordinary error. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [GRPC_STATUS.aborted]: 409,
  [GRPC_STATUS.failedPrecondition]: 425,
  [GRPC_STATUS.invalidArgument]: 400,
  [GRPC_STATUS.notFound]: 404,
  [GRPC_STATUS.unimplemented]: 501,
  // The coordinator is busy, is being stopped or has no store: it is asked again.
  [GRPC_STATUS.resourceExhausted]: 503,
  [GRPC_STATUS.unavailable]: 503,
};

const RESULT_OF_STATUS: Readonly<Record<number, string>> = { 409: RESULTS.failure, 425: RESULTS.ongoing };

type Row = Readonly<Record<string, unknown>>;

/** Replies that hold something, as HTTP would write it (spec 2.9, 2.10). */
const BODIES = new Map<string, (reply: never) => object>([
  [DTM_SERVICE.PrepareWorkflow.path, progressBody],
  [COORDINATOR_SERVICE.Query.path, queryBody],
]);

/** @returns the answer of HTTP to a call that was done */
export function answerOfReply(method: UnaryMethod, message: Buffer): Answer {
  const body = BODIES.get(method.path)?.(method.responseDeserialize(message) as never);
  return { answered: true, status: 200, body: JSON.stringify(body ?? { dtm_result: RESULTS.success }) };
}

/** @returns the answer of HTTP for a status other than OK */
export function answerOfStatus({ path }: UnaryMethod, { code, details }: GrpcAnswered): Answer {
  if (path === COORDINATOR_SERVICE.Query.path && code === GRPC_STATUS.notFound) {
    return { answered: true, status: 200, body: JSON.stringify({ transaction: null, branches: [] }) };
  }
  // Our own service keeps to what gRPC means by its codes.
  const isRefused = path === COORDINATOR_SERVICE.ForceStop.path && code === GRPC_STATUS.failedPrecondition;
  const status = isRefused ? 409 : (HTTP_STATUS[code] ?? 500);
  const dtm_result = RESULT_OF_STATUS[status];
  return { answered: true, status, body: JSON.stringify({ ...(dtm_result && { dtm_result }), message: details }) };
}

interface ProgressReply {
  readonly Transaction?: Row;
  readonly Progresses: readonly Row[];
}

/** Without type, input and options, which this message lacks. */
function progressBody({ Transaction, Progresses }: ProgressReply): object {
  const transaction = Transaction && {
    gid: Transaction['Gid'],
    status: Transaction['Status'],
    rollback_reason: Transaction['RollbackReason'],
    result: Transaction['Result'],
  };
  const progresses = Progresses.map((row) => ({
    branch_id: row['BranchID'],
    op: row['Op'],
    status: row['Status'],
    bin_data: base64(row['BinData']),
  }));
  return { ...(transaction && { transaction }), progresses };
}

interface QueryReply {
  readonly transaction?: Row;
  readonly branches: readonly Row[];
}

function queryBody({ transaction, branches }: QueryReply): object {
  if (!transaction) return { transaction: null, branches: [] };
  const gid = transaction['gid'];
  return {
    transaction: { ...filled(transaction), concurrent: isConcurrent(transaction['options']) },
    branches: branches.map(({ payload, ...row }) => ({ ...filled({ ...row, gid, bin_data: base64(payload) }) })),
  };
}

/** HTTP leaves empty fields out. */
function filled(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));
}

function isConcurrent(options: unknown): boolean {
  if (typeof options !== 'string' || options === '') return false;
  return (JSON.parse(options) as { concurrent?: unknown }).concurrent === true;
}

function base64(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('base64');
}
