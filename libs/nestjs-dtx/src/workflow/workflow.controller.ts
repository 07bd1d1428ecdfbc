import { Controller, Get, Inject, Post, Query, Res, VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BarrierInfoError, branchInfoFrom, DtxClient, type RequestFields, type ResumeAnswer } from '@nestjs-dtx/client';
import { DTX_CLIENT } from '../dtx.tokens';

/** What a controller of {@link workflowController} serves. */
export interface WorkflowEndpoint {
  /** A callback of the coordinator. */
  resume(query: RequestFields, response: unknown): Promise<void>;
}

/** An answer to a request that is no callback. */
interface BadRequest {
  readonly status: 400;
  readonly body: { readonly message: string };
}

/**
 * @param path of its own for each coordinator that the application knows
 * @returns a controller at which that coordinator resumes workflows (spec 9.6). It answers by itself: what the application
 * does to its answers, such as wrapping bodies, must not change these.
 */
export function workflowController(path: string): Type<WorkflowEndpoint> {
  @Controller({ path, version: VERSION_NEUTRAL })
  class DtxWorkflowController implements WorkflowEndpoint {
    constructor(
      @Inject(DTX_CLIENT) private readonly client: DtxClient,
      private readonly adapterHost: HttpAdapterHost,
    ) {}

    @Post('workflow')
    async resume(@Query() query: RequestFields, @Res() response: unknown): Promise<void> {
      const { status, body } = await this.answer(query);
      this.adapterHost.httpAdapter.reply(response, body, status);
    }

    /** Coordinators call by GET when a workflow has no input (spec 4.2). */
    @Get('workflow')
    resumeWithoutInput(@Query() query: RequestFields, @Res() response: unknown): Promise<void> {
      return this.resume(query, response);
    }

    private async answer(query: RequestFields): Promise<ResumeAnswer | BadRequest> {
      try {
        const { op, gid } = branchInfoFrom(query);
        return await this.client.workflows.resume(op, gid);
      } catch (error) {
        if (!(error instanceof BarrierInfoError)) throw error;
        return { status: 400, body: { message: error.message } };
      }
    }
  }
  return DtxWorkflowController;
}
