import type { Instant } from '@nestjs-dtx/engine';
import type { LockedRow } from '../../../batch/fence';
import type { HeldLease, KvEntry, PurgeProgress, RearmResult } from '../../../transaction-store';
import type { LeaseRequest } from '../../../writes';
import type { BusyRow, ExpectedKv, PurgeRange, ServerStatements } from '../dialect';
import * as cold from './postgres-cold-sql';
import { PostgresBatch } from './postgres-batch';

/** One row that a purge looks at. */
interface PurgeRow {
  readonly id: string;
  readonly gid: string;
  readonly is_young: boolean;
  readonly has_ended: boolean;
}

/** All statements on one PostgreSQL session: those of a batch, and the ones that run now and then. */
export class PostgresStatements extends PostgresBatch implements ServerStatements {
  async claim(limit: number, lease: LeaseRequest, now: Instant): Promise<readonly string[]> {
    const due = await this.session.rows<{ gid: string }>(cold.DUE, [now, limit]);
    const gids = due.map(({ gid }) => gid);
    if (gids.length > 0) await this.session.change(cold.CLAIM, [gids, lease.owner, now + lease.durationMs, now]);
    return gids;
  }

  busy(since: Instant, limit: number): Promise<readonly BusyRow[]> {
    return this.session.rows<BusyRow>(cold.BUSY, [since, since, limit]);
  }

  /** Decided like the writes of a batch: on what was read under lock. */
  async renew(leases: readonly HeldLease[], durationMs: number, now: Instant): Promise<readonly string[]> {
    const gids = leases.map(({ gid }) => gid);
    const rows = new Map((await this.lock(gids)).map((row) => [row.gid, row]));
    const held = leases.filter((lease) => isHeld(lease, rows.get(lease.gid))).map(({ gid }) => gid);
    if (held.length > 0) await this.session.change(cold.RENEW, [held, now + durationMs]);
    const kept = new Set(held);
    return gids.filter((gid) => !kept.has(gid));
  }

  async rearm(gid: string, now: Instant): Promise<boolean> {
    if ((await this.session.change(cold.REARM, [gid, now])) > 0) return true;
    return (await this.session.rows(cold.EXISTS, [gid])).length > 0;
  }

  async rearmFarFuture(
    { afterMs, limit }: { readonly afterMs: number; readonly limit: number },
    now: Instant,
  ): Promise<RearmResult> {
    const count = await this.session.change(cold.REARM_FAR, [now, now + afterMs, limit]);
    const left = await this.session.rows(cold.FAR, [now, now + afterMs]);
    return { count, hasRemaining: left.length > 0 };
  }

  async kvPut({ category, key, value }: KvEntry, expected: ExpectedKv | undefined, now: Instant): Promise<boolean> {
    const row = [category, key, value, now];
    if (expected === undefined) return (await this.session.change(cold.KV_PUT, row)) > 0;
    if (expected.version === 0) return (await this.session.change(cold.KV_CREATE, row)) > 0;
    return (await this.session.change(cold.KV_REPLACE, [...row, expected.version, expected.value])) > 0;
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return (await this.session.change(cold.KV_DELETE, [category, key])) > 0;
  }

  async purge({ finishedBefore, afterId, limit }: PurgeRange): Promise<PurgeProgress> {
    const next = await this.session.rows<PurgeRow>(cold.PURGE_NEXT, [afterId, limit, finishedBefore]);
    const end = next.findIndex(({ is_young }) => is_young);
    const old = end === -1 ? next : next.slice(0, end);
    const ended = old.filter(({ has_ended }) => has_ended).map(({ gid }) => gid);
    const deleted = ended.length > 0 ? await this.delete(ended, finishedBefore) : 0;
    const last = old.at(-1);
    return { deleted, lastId: end === -1 && last ? Number(last.id) : undefined };
  }

  private async delete(ended: readonly string[], finishedBefore: Instant): Promise<number> {
    const rows = await this.session.rows<{ gid: string }>(cold.DELETE_GLOBALS, [ended, finishedBefore]);
    if (rows.length > 0) await this.session.change(cold.DELETE_BRANCHES, [rows.map(({ gid }) => gid)]);
    return rows.length;
  }
}

function isHeld({ epoch }: HeldLease, row: LockedRow | undefined): boolean {
  return row?.epoch === epoch && row.leaseUntil !== null;
}
