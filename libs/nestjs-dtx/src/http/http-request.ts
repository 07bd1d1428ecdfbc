import type { ArgumentsHost } from '@nestjs/common';
import { branchInfoFrom, type BranchInfo, type RequestFields } from '@nestjs-dtx/client';

/** What Express and Fastify requests have in common, as far as it is used here. */
interface HttpRequest {
  readonly method: string;
  readonly query?: RequestFields;
}

export function methodOf(host: ArgumentsHost): string {
  return host.switchToHttp().getRequest<HttpRequest>().method;
}

export function queryOf(host: ArgumentsHost): RequestFields {
  return host.switchToHttp().getRequest<HttpRequest>().query ?? {};
}

/** @returns which branch the request is for, or undefined when it does not come from a coordinator. */
export function branchOf(host: ArgumentsHost): BranchInfo | undefined {
  try {
    return branchInfoFrom(queryOf(host));
  } catch {
    return undefined;
  }
}
