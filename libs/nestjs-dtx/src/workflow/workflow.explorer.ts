import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DtxClient } from '@nestjs-dtx/client';
import type { HandlerPaths } from '@nestjs-dtx/protocol';
import { DTX_CLIENT } from '../dtx.tokens';
import { WorkflowCallback } from './workflow-callback';
import { checkUnique, checkWorkflowMethod } from './workflow-method';
import { WorkflowRoute } from './workflow-route';
import { WorkflowScanner, type FoundWorkflow } from './workflow.scanner';
import { workflowSurroundings } from './workflow-surroundings';

/** Makes the methods with `@DtxWorkflow` known to the client, and refuses to start with those that cannot work. */
@Injectable()
export class WorkflowExplorer implements OnModuleInit {
  private found: readonly FoundWorkflow[] | undefined;

  constructor(
    @Inject(DTX_CLIENT) private readonly client: DtxClient,
    private readonly scanner: WorkflowScanner,
    private readonly route: WorkflowRoute,
    private readonly callback: WorkflowCallback,
  ) {}

  onModuleInit(): void {
    this.explore();
  }

  /** For each workflow the path at which it is resumed: the same for all of them. */
  get paths(): HandlerPaths {
    const found = this.found ?? [];
    if (found.length === 0) return {};
    const path = this.route.path();
    return Object.fromEntries(found.map(({ name }) => [name, path]));
  }

  /**
   * Looks once.
   *
   * @throws DtxDefinitionError with the fix in its message
   */
  explore(): void {
    if (this.found) return;
    const found = this.scanner.scan();
    for (const each of found) checkWorkflowMethod(each);
    checkUnique(found);
    this.found = found;
    for (const { name, run } of found) {
      this.client.workflows.register(name, run, {
        ...workflowSurroundings(name),
        callback: () => this.callback.url(),
      });
    }
  }
}
