import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { serviceUrl, WORKFLOW_SERVICE } from '@nestjs-dtx/protocol';
import { WORKFLOW_HANDLER } from '../dtx.constants';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { DtxDefinitionError } from '../errors/dtx-definition.error';
import { baseUrlOf, type ListeningServer } from '../registry/base-url';
import { WorkflowRoute } from './workflow-route';

/** What the coordinator is told at the start of a workflow. */
@Injectable()
export class WorkflowCallback {
  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly route: WorkflowRoute,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * @returns a name, so that any live instance goes on, or the URL of this one where the coordinator has no registry; over gRPC
   * what the options say
   * @throws DtxDefinitionError when the URL is not known yet
   */
  url(): string {
    const { register, service, baseUrl, grpc } = this.options;
    if (grpc?.coordinator !== undefined && grpc.address !== undefined) {
      return grpc.address + WORKFLOW_SERVICE.Execute.path;
    }
    if (register !== false) return serviceUrl(`${service}/${WORKFLOW_HANDLER}`);
    const server = this.adapterHost.httpAdapter?.getHttpServer() as ListeningServer | undefined;
    const url = baseUrl ?? (server && baseUrlOf(server));
    if (url !== undefined) return url + this.route.path();
    throw new DtxDefinitionError(
      'a workflow is started before the server listens, so the coordinator could not call back: ' +
        'set baseUrl in DtxModule, or start workflows later',
    );
  }
}
