import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { DTM_SERVICE, newGid } from '@nestjs-dtx/protocol';
import { closedLoop } from '../load/closed-loop';
import { grpcSagas } from '../load/grpc-saga';
import { openLoop } from '../load/open-loop';
import type { Operation } from '../load/operation';
import type { RunOrder, Tally } from '../load/tally';
import { serveRuns } from './driver';

const HEADERS: OutgoingHttpHeaders = {
  ':method': 'POST',
  ':path': DTM_SERVICE.Submit.path,
  'content-type': 'application/grpc',
  te: 'trailers',
};
/** Clients that share a connection, as those of one process do. */
const CLIENTS_PER_CONNECTION = 8;

/** One client with at most one saga under way, on HTTP/2 itself: the load must never be the bottleneck. */
function client(session: ClientHttp2Session, messageOf: (gid: string) => Buffer): Operation {
  return (done) => {
    const stream = session.request(HEADERS);
    let status: string | string[] | undefined;
    let problem = 'no status';
    const read = (headers: IncomingHttpHeaders): void => {
      status = headers['grpc-status'] ?? status;
      problem = `${status?.toString()} ${headers['grpc-message']?.toString() ?? ''}`;
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', (error) => (problem = error.message));
    stream.on('close', () => (status === '0' ? done() : done(`grpc status ${problem}`)));
    stream.resume();
    stream.end(messageOf(newGid()));
  };
}

async function run({ target, branches, inflight, steps, seconds, perSecond }: RunOrder): Promise<Tally> {
  const messageOf = grpcSagas(branches, steps);
  const connections = Math.ceil(inflight / CLIENTS_PER_CONNECTION);
  const sessions = Array.from({ length: connections }, () => connect(`http://${target}`));
  const clients = Array.from({ length: inflight }, (_, index) => client(sessions[index % connections]!, messageOf));
  try {
    if (perSecond === undefined) return await closedLoop(clients, seconds);
    return await openLoop(clients, { perSecond, seconds });
  } finally {
    for (const session of sessions) session.destroy();
  }
}

serveRuns('grpc load generator', run);
