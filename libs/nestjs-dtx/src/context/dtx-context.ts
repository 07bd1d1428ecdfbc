import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { BranchInfo } from '@nestjs-dtx/client';
import type { EntityManager } from 'typeorm';

/** What is known while a decorated handler runs. */
export interface HandlerScope {
  /** Absent when the request does not come from a coordinator. */
  readonly branch?: BranchInfo;
  /** Of the transaction that holds the barrier's row. */
  readonly manager?: EntityManager;
}

const scopes = new AsyncLocalStorage<HandlerScope>();

/** Runs the call, and whatever it calls, inside the scope. */
export function runInScope<T>(scope: HandlerScope, call: () => T): T {
  return scopes.run(scope, call);
}

/** @returns the scope of the decorated handler that is running, if one is. */
export function currentScope(): HandlerScope | undefined {
  return scopes.getStore();
}

/** Tells any provider which branch it is working for, without passing it along: in pipes, handlers and what they call. */
@Injectable()
export class DtxContext {
  /** @returns the branch, or undefined outside of a coordinator's call. */
  current(): BranchInfo | undefined {
    return currentScope()?.branch;
  }

  get gid(): string | undefined {
    return this.current()?.gid;
  }

  get transType(): string | undefined {
    return this.current()?.transType;
  }

  get branchId(): string | undefined {
    return this.current()?.branchId;
  }

  get op(): string | undefined {
    return this.current()?.op;
  }
}
