import { parseGrpcUrl } from '@nestjs-dtx/protocol';
import { urlOfPlace } from '../transactions/branch-url';
import { payloadBody, type PayloadBody } from '../transactions/payload';
import type { StepIdentity, WorkflowStep } from './step';
import { digestOf } from './step-record';

/** @see WorkflowBranch.http */
export interface HttpRequestOptions {
  /** @default POST with a payload, GET without one */
  readonly method?: 'GET' | 'POST';
  /** Added to the `branchHeaders` of the transaction. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of a workflow's branch, ready to be sent. */
export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** JSON text, or bytes for a method of gRPC. */
  readonly body?: PayloadBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends what the branches of a workflow request. */
export interface HttpSender {
  /**
   * @returns the answer's body: its value if it is JSON, otherwise its text, over gRPC its bytes in base64; undefined if it is
   * empty
   * @throws BranchFailureError for FAILURE, with what the participant said
   * @throws BranchOngoingError for ONGOING
   * @throws Error for anything else: nobody knows what it did
   */
  send(step: WorkflowStep, request: HttpRequest): Promise<unknown>;
}

/**
 * @param place `http(s)://…`, `host:port/package.Service/Method`, or `service/handler` of a registered handler
 * @throws InvalidRequestError for neither, or a payload without a JSON form
 */
export function httpRequest(place: string, payload: unknown, options: HttpRequestOptions = {}): HttpRequest {
  const body = payload === undefined ? undefined : payloadBody(payload, 'payload');
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  return { url: urlOfPlace(place, 'url'), method, headers: options.headers ?? {}, ...(body !== undefined && { body }) };
}

/** @returns what a replay compares. */
export function httpIdentity(name: string, { body }: HttpRequest): StepIdentity {
  return { name, kind: 'http', ...(body !== undefined && { input: digestOf(body) }) };
}

/** @returns a name for the branch of a request. The host is no part of it: a service may move while a workflow is under way. */
export function nameOfRequest({ url, method }: HttpRequest): string {
  const rpc = parseGrpcUrl(url);
  if (rpc) return rpc.path;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The path of svc://service/handler is the handler alone.
  const path = parsed === undefined || parsed.protocol === 'svc:' ? url : parsed.pathname;
  return `${method} ${path}`;
}
