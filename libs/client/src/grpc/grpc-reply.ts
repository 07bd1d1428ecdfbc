import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { GRPC_STATUS } from '@nestjs-dtx/protocol';
import { messageIn, statusText } from './grpc-frame';

/** The status that a server has answered with. */
export interface GrpcAnswered {
  readonly answered: true;
  readonly code: number;
  /** Text of the status. */
  readonly details: string;
  /** Empty unless the status is OK. */
  readonly message: Buffer;
}

/** What stock clients take. Bytes. */
const MAX_REPLY = 4 * 1024 * 1024;

/** @returns the answer to a unary call. @throws Error when the stream ends without a status */
export async function collectReply(stream: ClientHttp2Stream): Promise<GrpcAnswered> {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  stream.once('response', (received) => (headers = received));
  stream.once('trailers', (received) => (trailers = received));
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REPLY)
      return refusal(GRPC_STATUS.resourceExhausted, `the reply is longer than ${MAX_REPLY} bytes`);
    chunks.push(chunk);
  }
  // A reply without a message has its status among the headers.
  const status = trailers['grpc-status'] ?? headers['grpc-status'];
  if (status === undefined)
    throw new Error(`no status of gRPC but HTTP ${String(headers[':status'] ?? 'without an answer')}`);
  const code = Number(status);
  const details = statusText(trailers['grpc-message'] ?? headers['grpc-message']);
  if (code !== GRPC_STATUS.ok) return refusal(code, details);
  const message = messageIn(Buffer.concat(chunks));
  return message
    ? { answered: true, code, details, message }
    : refusal(GRPC_STATUS.internal, 'the reply is not one message');
}

function refusal(code: number, details: string): GrpcAnswered {
  return { answered: true, code, details, message: Buffer.alloc(0) };
}
