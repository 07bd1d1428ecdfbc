import { Body, Controller, Header, HttpCode, Logger, Post } from '@nestjs/common';
import { boundedText, JSON_RPC_CODES } from '@nestjs-dtx/protocol';
import { JSON_TYPE, WireException } from '../http/wire.exception';
import { jsonRpcErrorOf, type JsonRpcError } from './json-rpc-error';
import { JsonRpcMethods, type MethodResult } from './json-rpc-methods';
import { readJsonRpcRequest, type JsonRpcRequest } from './json-rpc-request';

/** A method's name as it is told back. Characters. */
const MAX_METHOD_LENGTH = 100;

/** The commands of the dtm protocol as JSON-RPC 2.0 (spec 2.13), over the same service as the HTTP API. */
@Controller('api/json-rpc')
export class JsonRpcController {
  private readonly logger = new Logger('Api');

  constructor(private readonly methods: JsonRpcMethods) {}

  @Post()
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async call(@Body() body: unknown): Promise<string> {
    const read = readJsonRpcRequest(body);
    switch (read.kind) {
      case 'unreadable':
        throw unreadable(read.problem);
      case 'invalid':
        return refused(read.id, JSON_RPC_CODES.invalidRequest, `Bad json request: ${read.problem}`);
      case 'request':
        return this.answer(read);
    }
  }

  private async answer(request: JsonRpcRequest): Promise<string> {
    const { id, method } = request;
    if (!this.methods.has(method)) {
      const name = boundedText(method, MAX_METHOD_LENGTH);
      return refused(id, JSON_RPC_CODES.methodNotFound, `Method not found: ${name}`);
    }
    const { result = null, error } = await this.carryOut(request);
    // A handler that fails has an object for its result as well (Q49).
    return JSON.stringify(error ? response(id, error, {}) : response(id, null, result));
  }

  private async carryOut({ method, params }: JsonRpcRequest): Promise<MethodResult> {
    try {
      return await this.methods.call(method, params);
    } catch (error) {
      const told = jsonRpcErrorOf(error);
      if (told) return { error: told };
      this.logger.error(`POST /api/json-rpc ${method}: ${describe(error)}`);
      return { error: INTERNAL };
    }
  }
}

const INTERNAL: JsonRpcError = {
  code: JSON_RPC_CODES.internal,
  message: 'internal error: the log of the coordinator says more',
};

/** Status 400 as plain text, unlike everything else here (Q50). */
function unreadable(problem: string): WireException {
  const error = { code: JSON_RPC_CODES.parseError, message: `Parse json error: ${problem}` };
  return new WireException(400, response('', error, null), 'text/plain; charset=utf-8');
}

function refused(id: string, code: number, message: string): string {
  return JSON.stringify(response(id, { code, message }, null));
}

/** All four keys are always there (spec 2.13). */
function response(id: string, error: JsonRpcError | null, result: unknown) {
  return { error, id, jsonrpc: '2.0', result };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
