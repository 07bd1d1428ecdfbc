import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { branchInfoFrom } from '@nestjs-dtx/client';
import { callKindOf } from '../calls/call-kinds';
import { currentScope } from '../context/dtx-context';

/**
 * Parameter of a handler: which branch of which transaction is calling, as {@link BranchInfo}. A request that does not say
 * so is answered with 400.
 */
export const DtxBranch: () => ParameterDecorator = createParamDecorator(
  (_data: undefined, context: ExecutionContext) =>
    currentScope()?.branch ?? branchInfoFrom(callKindOf(context).fields(context)),
);
