import type { BranchCallRecord } from '../support/fixture/call-log';
import { AMOUNT } from '../support/fixture/transfer';
import { RECOVERY_LIMIT_MS, type Cluster, type Member } from './cluster';
import type { Crowd } from './crowd';
import type { Takeover } from './lease-audit';

/** What happened to a cluster. */
export interface ClusterStory {
  /** Sagas of the crowd, in order; {@link isRefused} tells their ends. */
  readonly gids: readonly string[];
  /** Sagas that the killed coordinator was at work on, and those of the frozen one. */
  readonly orphans: readonly string[];
  readonly frozen: readonly string[];
  /** By the database's clock. Milliseconds. */
  readonly killedAt: number;
  readonly crowd: Crowd;
  readonly sleeper: Member;
}

/** What is found afterwards. */
export interface ClusterReport {
  /** Every promise that was broken, in words. */
  readonly problems: readonly string[];
  readonly sagas: number;
  readonly takeovers: number;
  /** Calls that were made again because their outcome was lost with their coordinator. */
  readonly repeatedCalls: number;
  /** From the kill until all that the killed one had was in other hands. Milliseconds. */
  readonly recoveryMs: number;
}

/** Every third saga is refused by IN. */
export const isRefused = (index: number): boolean => index % 3 === 0;

/** Holds the end of a run against what is promised. */
export async function checkCluster(cluster: Cluster, story: ClusterStory): Promise<ClusterReport> {
  const { gids, orphans, frozen, killedAt, crowd, sleeper } = story;
  const takeovers = await cluster.audit.takeovers();
  const rescues = takeovers.filter(({ gid }) => orphans.includes(gid));
  const recoveryMs = Math.max(...rescues.map(({ at }) => at - killedAt));
  const all = [...gids, ...orphans, ...frozen];
  const repeats = repeatsByGid(cluster, all);
  const problems = [
    ...crowd.surprises.map((answer) => `a client was answered ${answer}`),
    ...(await endProblems(cluster, story)),
    ...takeovers.flatMap(takeoverProblems),
    ...repeatProblems(repeats, takeovers),
    ...(recoveryMs <= RECOVERY_LIMIT_MS ? [] : [`what the killed one had was taken over after ${recoveryMs} ms`]),
    ...cluster.members.filter((member) => member !== sleeper).flatMap(({ process }) => errorLines(process.output)),
  ];
  const repeatedCalls = [...repeats.values()].reduce((sum, count) => sum + count, 0);
  return { problems, sagas: all.length, takeovers: takeovers.length, repeatedCalls, recoveryMs };
}

/** Every saga has its end, and every effect was applied once or not at all. */
async function endProblems({ sql, ledger }: Cluster, { gids, orphans, frozen }: ClusterStory): Promise<string[]> {
  const rows = await sql.query('SELECT gid, status FROM trans_global');
  const statuses = new Map(rows.map(({ gid, status }) => [String(gid), String(status)]));
  const check = (gid: string, refused: boolean): string[] => {
    const [status, moved] = refused ? ['failed', 0] : ['succeed', AMOUNT];
    const { OUT, IN } = ledger.moved(gid);
    return [
      ...(statuses.get(gid) === status ? [] : [`${gid} is ${statuses.get(gid)} and not ${status}`]),
      ...(OUT === 0 - moved && IN === moved ? [] : [`${gid} moved ${OUT} and ${IN}`]),
    ];
  };
  return [
    ...gids.flatMap((gid, index) => check(gid, isRefused(index))),
    ...[...orphans, ...frozen].flatMap((gid) => check(gid, false)),
  ];
}

/** Nobody loses a transaction before the end of its lease. */
function takeoverProblems({ gid, epoch, at, leaseEnd }: Takeover): string[] {
  if (leaseEnd === undefined || at >= leaseEnd) return [];
  return [`${gid} was taken over (epoch ${epoch}) ${leaseEnd - at} ms before the end of its lease`];
}

/** A coordinator makes one call at a time for a saga: so each loss of one explains one repeated call, and nothing else does. */
function repeatProblems(repeats: ReadonlyMap<string, number>, takeovers: readonly Takeover[]): string[] {
  return [...repeats].flatMap(([gid, count]) => {
    const losses = takeovers.filter((takeover) => takeover.gid === gid).length;
    return count <= losses ? [] : [`${count} calls of ${gid} were repeated, although it changed hands ${losses} times`];
  });
}

/** The frozen one is let off: the server may have ended the sessions that it slept on. */
function errorLines(output: string): string[] {
  return output.split('\n').filter((line) => line.includes('ERROR'));
}

function repeatsByGid({ busi }: Cluster, gids: readonly string[]): ReadonlyMap<string, number> {
  const key = ({ branchId, op }: BranchCallRecord): string => `${branchId} ${op}`;
  return new Map(
    gids.map((gid) => {
      const calls = busi.calls(gid);
      return [gid, calls.length - new Set(calls.map(key)).size];
    }),
  );
}
