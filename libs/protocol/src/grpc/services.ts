import {
  FORCE_STOP_REPLY,
  FORCE_STOP_REQUEST,
  LIST_REPLY,
  LIST_REQUEST,
  QUERY_REPLY,
  QUERY_REQUEST,
  RETRY_NOW_REPLY,
  RETRY_NOW_REQUEST,
} from './coordinator-messages';
import {
  DTM_BRANCH_REQUEST,
  DTM_GID_REPLY,
  DTM_PROGRESSES_REPLY,
  DTM_REQUEST,
  DTM_TOPIC_REQUEST,
  EMPTY,
  WORKFLOW_DATA,
} from './dtm-messages';
import type { Field, Message } from './message';

type AnyMessage = Message<Readonly<Record<string, Field<unknown>>>>;

/**
 * A unary method as libraries of gRPC take it: both a client stub and a server of @grpc/grpc-js are made of these, without a
 * .proto file at run time.
 */
export interface UnaryMethod<Request extends AnyMessage = AnyMessage, Reply extends AnyMessage = AnyMessage> {
  readonly path: string;
  readonly requestStream: false;
  readonly responseStream: false;
  readonly originalName: string;
  readonly request: Request;
  readonly reply: Reply;
  readonly requestSerialize: Request['encode'];
  readonly requestDeserialize: Request['decode'];
  readonly responseSerialize: Reply['encode'];
  readonly responseDeserialize: Reply['decode'];
}

/** The methods of one service by their names. */
export type ServiceMethods = Readonly<Record<string, UnaryMethod>>;

function method<Request extends AnyMessage, Reply extends AnyMessage>(
  service: string,
  name: string,
  [request, reply]: readonly [Request, Reply],
): UnaryMethod<Request, Reply> {
  return {
    path: `/${service}/${name}`,
    requestStream: false,
    responseStream: false,
    originalName: name,
    request,
    reply,
    requestSerialize: (value) => request.encode(value),
    requestDeserialize: (encoded) => request.decode(encoded),
    responseSerialize: (value) => reply.encode(value),
    responseDeserialize: (encoded) => reply.decode(encoded),
  };
}

/** Full name of dtm's service, with its package. */
export const DTM_SERVICE_NAME = 'dtmgimp.Dtm';
/** Full name of the service that an application with workflows offers. */
export const WORKFLOW_SERVICE_NAME = 'workflow.Workflow';
/** Full name of the service that this project adds. */
export const COORDINATOR_SERVICE_NAME = 'nestjs_dtx.v1.Coordinator';

const dtm = <Request extends AnyMessage, Reply extends AnyMessage>(
  name: string,
  messages: readonly [Request, Reply],
): UnaryMethod<Request, Reply> => method(DTM_SERVICE_NAME, name, messages);
const coordinator = <Request extends AnyMessage, Reply extends AnyMessage>(
  name: string,
  messages: readonly [Request, Reply],
): UnaryMethod<Request, Reply> => method(COORDINATOR_SERVICE_NAME, name, messages);

/** Service `dtmgimp.Dtm` (spec 3.1). */
export const DTM_SERVICE = {
  NewGid: dtm('NewGid', [EMPTY, DTM_GID_REPLY]),
  Submit: dtm('Submit', [DTM_REQUEST, EMPTY]),
  Prepare: dtm('Prepare', [DTM_REQUEST, EMPTY]),
  Abort: dtm('Abort', [DTM_REQUEST, EMPTY]),
  RegisterBranch: dtm('RegisterBranch', [DTM_BRANCH_REQUEST, EMPTY]),
  PrepareWorkflow: dtm('PrepareWorkflow', [DTM_REQUEST, DTM_PROGRESSES_REPLY]),
  Subscribe: dtm('Subscribe', [DTM_TOPIC_REQUEST, EMPTY]),
  Unsubscribe: dtm('Unsubscribe', [DTM_TOPIC_REQUEST, EMPTY]),
  DeleteTopic: dtm('DeleteTopic', [DTM_TOPIC_REQUEST, EMPTY]),
} as const;

/** Service `workflow.Workflow`, which the coordinator calls at `host:port/workflow.Workflow/Execute` (spec 3.2). */
export const WORKFLOW_SERVICE = {
  Execute: method(WORKFLOW_SERVICE_NAME, 'Execute', [WORKFLOW_DATA, EMPTY]),
} as const;

/** Service `nestjs_dtx.v1.Coordinator`. */
export const COORDINATOR_SERVICE = {
  Query: coordinator('Query', [QUERY_REQUEST, QUERY_REPLY]),
  List: coordinator('List', [LIST_REQUEST, LIST_REPLY]),
  ForceStop: coordinator('ForceStop', [FORCE_STOP_REQUEST, FORCE_STOP_REPLY]),
  RetryNow: coordinator('RetryNow', [RETRY_NOW_REQUEST, RETRY_NOW_REPLY]),
} as const;
