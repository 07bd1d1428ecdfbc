import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { GrpcAddress } from './grpc-channel';

const FORM = /^(?:(grpcs?):\/\/)?(\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})\/?$/i;

/**
 * @param text `host:port`, or the same behind `grpc://`, or behind `grpcs://` for TLS
 * @throws DtxError `DTX_INVALID_CONFIG` for anything else
 */
export function parseGrpcCoordinator(text: string): GrpcAddress {
  const [, scheme, host, port] = FORM.exec(text) ?? [];
  const number = Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    const problem = 'is no gRPC address, such as localhost:36790 or grpcs://tm.example:443';
    throw new DtxError(ERROR_CODES.invalidConfig, `coordinator '${withoutSecrets(text)}' ${problem}`);
  }
  return { host: host.replaceAll(/^\[|\]$/g, ''), port: number, tls: scheme?.toLowerCase() === 'grpcs' };
}

/** Somebody may have written a password before an @. */
function withoutSecrets(text: string): string {
  return text.includes('@') ? `…@${text.slice(text.lastIndexOf('@') + 1)}` : text;
}
