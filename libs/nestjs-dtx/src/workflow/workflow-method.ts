import { NAME, NAME_RULE } from '../dtx.constants';
import type { Decorated } from '../discovery/dtx-metadata.accessor';
import { DtxDefinitionError } from '../errors/dtx-definition.error';

/** A method that is the function of a workflow. */
export interface WorkflowMethodOf {
  /** `Class.method`, for errors. */
  readonly where: string;
  readonly name: string;
  readonly method: Decorated;
  /** Decorator by which it is a handler too, if it is. */
  readonly handlerDecorator?: string;
  /** Whether there is one instance of its class, made at the start. */
  readonly isStatic: boolean;
}

/** Longest name: a callback sends it as `op`, and barriers keep no longer one. Characters. */
const MAX_NAME_LENGTH = 45;

/** @throws DtxDefinitionError for a method that cannot be the function of a workflow, with the fix in its message */
export function checkWorkflowMethod({ where, name, method, handlerDecorator, isStatic }: WorkflowMethodOf): void {
  const what = `${where}: @DtxWorkflow('${name}')`;
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new DtxDefinitionError(`${what} has no valid name: use ${NAME_RULE}, and at most ${MAX_NAME_LENGTH}`);
  }
  if (method.length < 1 || method.length > 2) {
    throw new DtxDefinitionError(
      `${what} takes ${method.length} parameters: declare it as async ${method.name}(wf: WorkflowContext, input: …)`,
    );
  }
  if (handlerDecorator !== undefined) {
    throw new DtxDefinitionError(
      `${what} stands at a method that is @${handlerDecorator}() as well: a workflow has no route of its own, ` +
        'use two methods',
    );
  }
  if (!isStatic) {
    throw new DtxDefinitionError(
      `${what} stands in a class that is made per request or per use: a workflow goes on without a request, ` +
        'make the class and what it injects singletons',
    );
  }
}

/** @throws DtxDefinitionError for a name that two methods have */
export function checkUnique(methods: readonly WorkflowMethodOf[]): void {
  const byName = new Map<string, WorkflowMethodOf>();
  for (const each of methods) {
    const taken = byName.get(each.name);
    if (taken) {
      throw new DtxDefinitionError(
        `@DtxWorkflow('${each.name}') stands at ${taken.where} and at ${each.where}: give one of them another name`,
      );
    }
    byName.set(each.name, each);
  }
}
