import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { branchInfoFrom } from '@nestjs-dtx/client';
import { queryOf } from '../http/http-request';

/**
 * Parameter of a handler: which branch of which transaction is calling, as {@link BranchInfo}. A request that does not say
 * so is answered with 400.
 */
export const DtxBranch: () => ParameterDecorator = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  branchInfoFrom(queryOf(context)),
);
