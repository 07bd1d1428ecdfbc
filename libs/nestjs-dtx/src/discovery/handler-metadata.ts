import type { TransType } from '@nestjs-dtx/protocol';

/** An operation that must be there too if a handler is to make sense. */
export interface NeededOp {
  readonly op: string;
  /** Name of the decorator that marks it, for the error. */
  readonly decorator: string;
  /** What else would mend it, for the error. */
  readonly otherwise?: string;
}

/**
 * What a handler decorator says about its method. It holds the rules of its family as data, so that a new family is a few
 * new decorators and nothing else.
 */
export interface HandlerMetadata {
  /** Name of the decorator, for errors. */
  readonly decorator: string;
  /** Decorators that make one handler together. A name belongs to one family. */
  readonly family: HandlerFamily;
  /** The handler's part of `service/handler`. */
  readonly name: string;
  /** The operations of the protocol that call it. */
  readonly ops: readonly string[];
  /**
   * Last part of its path, if it has no route of its own.
   * @default the first of its {@link ops}
   */
  readonly route?: string;
  /** Operations of the same name that must have a handler. */
  readonly needs: readonly NeededOp[];
  /** Operations of the same name for which nothing is to be called. */
  readonly nothingToDo: readonly string[];
  /** Answer input that a pipe refuses (400) as a business failure. */
  readonly rejectInvalid: boolean;
  /**
   * Set for handlers that keep the barrier's row themselves, in their own way: where it stands. They must not be
   * `@BarrierProtected` on top of that.
   */
  readonly ownBarrier?: OwnBarrier;
}

/** Transaction types, and what else a service is called for. */
export type HandlerFamily = TransType | 'msg-query-prepared';

/** @see HandlerMetadata.ownBarrier */
export interface OwnBarrier extends BarrierMetadata {
  /** Answers the check-back of a message from its row, or holds the row inside an XA transaction. */
  readonly kind: 'check-back' | 'xa';
}

/** What `@BarrierProtected` says about its method. */
export interface BarrierMetadata {
  /** Name of the DataSource; absent for the default one. */
  readonly dataSource?: string;
  /** `table` or `schema.table`; absent for the module's. */
  readonly table?: string;
}
