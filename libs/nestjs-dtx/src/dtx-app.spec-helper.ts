import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DtxModule } from './dtx.module';

export const ADAPTERS = ['fastify', 'express'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** @see serve */
export interface ServeOptions {
  readonly adapter?: AdapterName;
  /** What a main.ts would do between create and listen. */
  readonly prepare?: (app: INestApplication) => void;
  readonly logger?: LoggerService;
}

/** A request as a coordinator makes it. */
export interface BranchCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gid?: string;
  readonly branchId?: string;
  readonly op?: string;
  readonly transType?: string;
}

export interface Answered {
  readonly status: number;
  /** Parsed if it is JSON. */
  readonly body: unknown;
}

/** A module that takes part in transactions without a coordinator. */
export const unregisteredDtx = DtxModule.forRoot({
  service: 'bank',
  coordinator: 'http://127.0.0.1:36789',
  register: false,
});

const served: INestApplication[] = [];

/** Starts a real application on a free port. {@link closeAll} ends it. */
export async function serve(metadata: ModuleMetadata, options: ServeOptions = {}): Promise<INestApplication> {
  const { adapter = 'fastify', prepare, logger } = options;
  const testing = Test.createTestingModule({ ...metadata, imports: [unregisteredDtx, ...(metadata.imports ?? [])] });
  return start(testing, { adapter, ...(prepare && { prepare }), ...(logger && { logger }) });
}

/** The same for a module that imports DtxModule itself. */
export async function serveAs(metadata: ModuleMetadata, options: ServeOptions = {}): Promise<INestApplication> {
  return start(Test.createTestingModule(metadata), options);
}

async function start(
  testing: ReturnType<typeof Test.createTestingModule>,
  { adapter = 'fastify', prepare, logger }: ServeOptions,
): Promise<INestApplication> {
  testing.setLogger(logger ?? SILENT);
  const module = await testing.compile();
  const http = adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = module.createNestApplication(http, { forceCloseConnections: true });
  served.push(app);
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

export async function closeAll(): Promise<void> {
  await Promise.all(served.splice(0).map((app) => app.close()));
}

/** Calls a path as the coordinator does: POST with a payload, GET without one. */
export async function callBranch(app: INestApplication, path: string, call: BranchCall = {}): Promise<Answered> {
  const { gid = 'g-1', branchId = '01', op = 'action', transType = 'saga', body, headers = {} } = call;
  const query = new URLSearchParams({ branch_id: branchId, gid, op, trans_type: transType });
  return send(app, `${path}?${query.toString()}`, {
    method: call.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

export async function send(app: INestApplication, path: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch((await app.getUrl()) + path, init);
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text };
  }
}

const SILENT: LoggerService = { log: () => {}, error: () => {}, warn: () => {} };
