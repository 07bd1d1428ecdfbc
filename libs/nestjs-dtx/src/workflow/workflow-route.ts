import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Decorated } from '../discovery/dtx-metadata.accessor';
import { RoutePaths } from '../discovery/route-paths';
import { WORKFLOW_CONTROLLER } from '../dtx.tokens';
import type { WorkflowEndpoint } from './workflow.controller';

/** The route at which workflows are resumed. */
@Injectable()
export class WorkflowRoute {
  constructor(
    @Inject(WORKFLOW_CONTROLLER) private readonly controller: Type<WorkflowEndpoint>,
    private readonly discovery: DiscoveryService,
    private readonly routes: RoutePaths,
  ) {}

  /** @returns its path, with everything that the application puts before its routes. */
  path(): string {
    const { controller } = this;
    const module = this.discovery.getControllers().find(({ metatype }) => metatype === controller)?.host?.metatype;
    return this.routes.pathOf({
      module: (module ?? controller) as Decorated,
      controller,
      method: (controller.prototype as Record<keyof WorkflowEndpoint, Decorated>).resume,
    });
  }
}
