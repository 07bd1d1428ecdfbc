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
  /** The handler's part of `service/handler`. */
  readonly name: string;
  /** The operation of the protocol that calls it. */
  readonly op: string;
  /** Operations of the same name that must have a handler. */
  readonly needs: readonly NeededOp[];
  /** Operations of the same name for which nothing is to be called. */
  readonly nothingToDo: readonly string[];
  /** Answer input that a pipe refuses (400) as a business failure. */
  readonly rejectInvalid: boolean;
}

/** What `@BarrierProtected` says about its method. */
export interface BarrierMetadata {
  /** Name of the DataSource; absent for the default one. */
  readonly dataSource?: string;
  /** `table` or `schema.table`; absent for the module's. */
  readonly table?: string;
}
