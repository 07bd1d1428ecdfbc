import { COORDINATOR_SERVICE, DTM_SERVICE, type DtmRequestInput, type UnaryMethod } from '@nestjs-dtx/protocol';
import type { CoordinatorCall } from '../http/coordinator-link';
import type { PayloadBody } from '../transactions/payload';

/** A call of the coordinator over gRPC. */
export interface CoordinatorMethod {
  readonly method: UnaryMethod;
  readonly message: object;
}

/** Fields of commands, by their names over HTTP (spec 2.2, 2.8). */
type Fields = Readonly<Record<string, unknown>>;

const dtm = (method: unknown, message: object): CoordinatorMethod => ({ method: method as UnaryMethod, message });

const COMMANDS: Readonly<Record<string, (fields: Fields) => CoordinatorMethod>> = {
  '/prepare': (fields) => dtm(DTM_SERVICE.Prepare, requestOf(fields)),
  '/submit': (fields) => dtm(DTM_SERVICE.Submit, requestOf(fields)),
  '/abort': (fields) => dtm(DTM_SERVICE.Abort, requestOf(fields)),
  '/prepareWorkflow': (fields) => dtm(DTM_SERVICE.PrepareWorkflow, requestOf(fields)),
  '/registerBranch': (fields) => dtm(DTM_SERVICE.RegisterBranch, registrationOf(fields)),
  '/forceStop': ({ gid }) => dtm(COORDINATOR_SERVICE.ForceStop, { gid }),
};

const QUERIES: Readonly<Record<string, (parameters: URLSearchParams) => CoordinatorMethod>> = {
  '/query': (parameters) => dtm(COORDINATOR_SERVICE.Query, { gid: parameters.get('gid') }),
  '/subscribe': (parameters) => dtm(DTM_SERVICE.Subscribe, topicOf(parameters)),
  '/unsubscribe': (parameters) => dtm(DTM_SERVICE.Unsubscribe, topicOf(parameters)),
};

const TOPIC = '/topic/';

/** @returns the method for a call in the words of HTTP; undefined for what gRPC does not offer */
export function methodOf({ api, body, method, path }: CoordinatorCall): CoordinatorMethod | undefined {
  if (api === 'v2') return undefined;
  if (method === 'POST') return COMMANDS[path]?.(body as Fields);
  const { pathname, searchParams } = new URL(path, 'http://coordinator');
  if (method === 'GET') return QUERIES[pathname]?.(searchParams);
  if (!pathname.startsWith(TOPIC)) return undefined;
  return dtm(DTM_SERVICE.DeleteTopic, { Topic: decodeURIComponent(pathname.slice(TOPIC.length)) });
}

/** Fields that are left out have their zero value, which says the same. */
function requestOf(fields: Fields): DtmRequestInput {
  const { payloads = [], steps = null } = fields as { payloads?: readonly PayloadBody[]; steps?: unknown };
  return {
    Gid: text(fields['gid']),
    TransType: text(fields['trans_type']),
    TransOptions: optionsOf(fields),
    CustomedData: text(fields['custom_data']),
    BinPayloads: payloads.map(bytesOf),
    QueryPrepared: text(fields['query_prepared']),
    Steps: JSON.stringify(steps),
    ReqExtra: (fields['req_extra'] ?? {}) as Readonly<Record<string, string>>,
    RollbackReason: text(fields['rollback_reason']),
    BusinessKey: text(fields['business_key']),
  };
}

function optionsOf(fields: Fields): object {
  return {
    WaitResult: fields['wait_result'],
    TimeoutToFail: fields['timeout_to_fail'],
    RetryInterval: fields['retry_interval'],
    BranchHeaders: fields['branch_headers'],
    RequestTimeout: fields['request_timeout'],
    RetryLimit: fields['retry_limit'],
    Concurrent: fields['concurrent'],
    MaxAttempts: fields['max_attempts'],
    OnComplete: fields['on_complete'],
  };
}

/** What is no key of the message stands in its map: confirm and cancel, url, or op and status (spec 3.2). */
function registrationOf({ gid, trans_type, branch_id, data = '', ...more }: Fields): object {
  return {
    Gid: gid,
    TransType: trans_type,
    BranchID: branch_id,
    Data: more,
    BusiPayload: bytesOf(data as PayloadBody),
  };
}

function topicOf(parameters: URLSearchParams): object {
  const [Topic, URL, Remark] = ['topic', 'url', 'remark'].map((name) => parameters.get(name) ?? '');
  return { Topic, URL, Remark };
}

function bytesOf(payload: PayloadBody): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
