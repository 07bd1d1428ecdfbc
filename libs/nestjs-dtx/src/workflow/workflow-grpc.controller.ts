import { Catch, Controller, Inject, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { BarrierInfoError, branchInfoFrom, DtxClient, type RequestFields } from '@nestjs-dtx/client';
import { WORKFLOW_SERVICE, WORKFLOW_SERVICE_NAME } from '@nestjs-dtx/protocol';
import { throwError, type Observable } from 'rxjs';
import { grpcErrorOf, type GrpcError } from '../calls/grpc-status';
import { serveByGrpc } from '../discovery/nest-message';
import { DTX_CLIENT } from '../dtx.tokens';

/**
 * The service `workflow.Workflow` for the gRPC server of an application, which needs no .proto file for it:
 * `options: { package: ['bank', 'workflow'], packageDefinition: { ...loadSync('bank.proto'), ...workflowPackageDefinition } }`.
 */
export const workflowPackageDefinition = { [WORKFLOW_SERVICE_NAME]: WORKFLOW_SERVICE };

/** What this controller answers is a status: what the application does to errors must not change it. */
class WorkflowRefusal extends Error {
  constructor(readonly status: GrpcError) {
    super(status.details);
  }
}

@Catch(WorkflowRefusal)
class WorkflowRefusalFilter implements ExceptionFilter<WorkflowRefusal> {
  catch({ status }: WorkflowRefusal): Observable<never> {
    return throwError(() => status);
  }
}

/** Where a coordinator resumes workflows over gRPC (spec 3.2, 9.6), if the application's server has the package `workflow`. */
@Controller()
export class WorkflowGrpcController {
  constructor(@Inject(DTX_CLIENT) private readonly client: DtxClient) {}

  @UseFilters(WorkflowRefusalFilter)
  async execute(_message: unknown, metadata: { getMap(): RequestFields }): Promise<object> {
    const { status, body } = await this.answer(metadata.getMap());
    if (status !== 200) throw new WorkflowRefusal(grpcErrorOf({ status, body }));
    return {};
  }

  private async answer(fields: RequestFields) {
    try {
      const { op, gid } = branchInfoFrom(fields);
      return await this.client.workflows.resume(op, gid);
    } catch (error) {
      if (!(error instanceof BarrierInfoError)) throw error;
      return { status: 400, body: { message: error.message } };
    }
  }
}

// oxlint-disable-next-line typescript/unbound-method -- metadata belongs to the function
serveByGrpc(WorkflowGrpcController.prototype.execute, 'Workflow', 'Execute');
