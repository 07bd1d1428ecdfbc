import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { parseGrpcCoordinator } from './grpc/grpc-coordinator-address';
import { GrpcCoordinatorLink } from './grpc/grpc-coordinator-link';
import { CoordinatorConnection } from './http/coordinator-connection';
import type { CoordinatorLink } from './http/coordinator-link';
import { parseCoordinatorUrl } from './http/coordinator-url';

/** The options of a client that say how it talks to its coordinator. */
export interface LinkOptions {
  readonly coordinator: string;
  readonly transport?: 'http' | 'grpc';
  readonly httpCoordinator?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * @param connections sockets over HTTP at most
 * @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option
 */
export function linkTo(options: LinkOptions, connections: number): CoordinatorLink {
  const { coordinator, transport = 'http', headers = {}, httpCoordinator } = options;
  const overHttp = (url: string) => new CoordinatorConnection(parseCoordinatorUrl(url), { headers, connections });
  if (transport === 'http') return overHttp(coordinator);
  if (transport === 'grpc') {
    const address = parseGrpcCoordinator(coordinator);
    return new GrpcCoordinatorLink(
      address,
      headers,
      httpCoordinator === undefined ? undefined : overHttp(httpCoordinator),
    );
  }
  throw new DtxError(ERROR_CODES.invalidConfig, `transport must be http or grpc, not ${String(transport)}`);
}
