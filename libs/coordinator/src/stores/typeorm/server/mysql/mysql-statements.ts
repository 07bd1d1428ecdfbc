import type { Instant } from '@nestjs-dtx/engine';
import { isFinalStatus } from '@nestjs-dtx/protocol';
import type { LockedRow } from '../../../batch/fence';
import type { HeldLease, KvEntry, PurgeProgress, RearmResult } from '../../../transaction-store';
import type { LeaseRequest } from '../../../writes';
import type { PurgeRange, ServerStatements } from '../dialect';
import { MysqlBatch } from './mysql-batch';
import * as cold from './mysql-cold-sql';
import { isDuplicateKey } from './mysql-errors';
import { timeOf } from './mysql-values';

/** One row that a purge looks at. Truth is a number. */
interface PurgeRow {
  readonly id: string;
  readonly gid: string;
  readonly is_young: number;
  readonly has_ended: number;
}

/** All statements on one session of MariaDB or MySQL: those of a batch, and the ones that run now and then. */
export class MysqlStatements extends MysqlBatch implements ServerStatements {
  async claim(limit: number, lease: LeaseRequest, now: Instant): Promise<readonly string[]> {
    const due = await this.session.rows<{ gid: string }>(cold.DUE, [timeOf(now), limit]);
    const gids = due.map(({ gid }) => gid);
    const until = timeOf(now + lease.durationMs);
    if (gids.length > 0) await this.session.change(cold.CLAIM, [lease.owner, until, until, timeOf(now), gids]);
    return gids;
  }

  /** Decided like the writes of a batch: on what was read under lock. */
  async renew(leases: readonly HeldLease[], durationMs: number, now: Instant): Promise<readonly string[]> {
    const gids = leases.map(({ gid }) => gid);
    const rows = new Map((await this.lock(gids)).map((row) => [row.gid, row]));
    const held = leases.filter((lease) => isHeld(lease, rows.get(lease.gid))).map(({ gid }) => gid);
    const until = timeOf(now + durationMs);
    for (const part of this.lists(held)) await this.session.change(cold.RENEW, [until, until, part]);
    const kept = new Set(held);
    return gids.filter((gid) => !kept.has(gid));
  }

  async rearm(gid: string, now: Instant): Promise<boolean> {
    const time = timeOf(now);
    if ((await this.session.change(cold.REARM, [time, time, gid, time])) > 0) return true;
    return (await this.session.rows(cold.EXISTS, [gid])).length > 0;
  }

  async rearmFarFuture(
    { afterMs, limit }: { readonly afterMs: number; readonly limit: number },
    now: Instant,
  ): Promise<RearmResult> {
    const [time, far] = [timeOf(now), timeOf(now + afterMs)];
    const rows = await this.session.rows<{ id: string }>(cold.FAR_FREE, [far, time, limit]);
    const ids = rows.map(({ id }) => Number(id));
    for (const part of this.lists(ids)) await this.session.change(cold.REARM_FAR, [time, time, part]);
    const left = await this.session.rows(cold.FAR, [far, time, 1]);
    return { count: ids.length, hasRemaining: left.length > 0 };
  }

  async kvPut({ category, key, value }: KvEntry, expected: number | undefined, now: Instant): Promise<boolean> {
    const time = timeOf(now);
    const row = [category, key, value, time, time];
    if (expected === undefined) return (await this.session.change(cold.KV_PUT, [...row, value, time])) > 0;
    if (expected === 0) return this.kvCreate(row);
    return (await this.session.change(cold.KV_REPLACE, [value, time, category, key, expected])) > 0;
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return (await this.session.change(cold.KV_DELETE, [category, key])) > 0;
  }

  async purge({ finishedBefore, afterId, limit }: PurgeRange): Promise<PurgeProgress> {
    const before = timeOf(finishedBefore);
    const next = await this.session.rows<PurgeRow>(cold.PURGE_NEXT, [before, before, afterId, limit]);
    const end = next.findIndex(({ is_young: isYoung }) => Number(isYoung) === 1);
    const old = end === -1 ? next : next.slice(0, end);
    const ended = old.filter(({ has_ended: hasEnded }) => Number(hasEnded) === 1).map(({ id }) => Number(id));
    const deleted = ended.length > 0 ? await this.delete(ended, before) : 0;
    const last = old.at(-1);
    return { deleted, lastId: end === -1 && last ? Number(last.id) : undefined };
  }

  private async delete(ended: readonly number[], before: string): Promise<number> {
    let deleted = 0;
    for (const part of this.lists(ended)) {
      const rows = await this.session.rows<{ id: string; gid: string }>(cold.ENDED, [part, before]);
      if (rows.length === 0) continue;
      await this.session.change(cold.DELETE_GLOBALS, [rows.map(({ id }) => Number(id))]);
      await this.session.change(cold.DELETE_BRANCHES, [rows.map(({ gid }) => gid)]);
      deleted += rows.length;
    }
    return deleted;
  }

  private async kvCreate(row: readonly unknown[]): Promise<boolean> {
    try {
      return (await this.session.change(cold.KV_CREATE, row)) > 0;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

function isHeld({ epoch }: HeldLease, row: LockedRow | undefined): boolean {
  return row?.epoch === epoch && row.leaseUntil !== null && !isFinalStatus(row.status);
}
