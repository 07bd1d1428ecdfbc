import type { Instant } from '@nestjs-dtx/engine';
import type { LockedRow } from '../../../batch/fence';
import type { HeldLease, KvEntry, PurgeProgress, RearmResult } from '../../../transaction-store';
import type { LeaseRequest } from '../../../writes';
import type { BusyRow, ExpectedKv, PurgeRange, ServerStatements } from '../dialect';
import { chunksOf, MAX_LIST } from './chunks';
import { MysqlBatch } from './mysql-batch';
import * as cold from './mysql-cold-sql';
import { timeOf } from './mysql-values';

/** One row that a purge looks at. The engine has no booleans. */
interface PurgeRow {
  readonly id: number;
  readonly gid: string;
  readonly is_young: number;
  readonly has_ended: number;
}

/** All statements on one MariaDB or MySQL session: those of a batch, and the ones that run now and then. */
export class MysqlStatements extends MysqlBatch implements ServerStatements {
  async claim(limit: number, lease: LeaseRequest, now: Instant): Promise<readonly string[]> {
    const due = await this.session.rows<{ gid: string }>(cold.DUE, [timeOf(now), limit]);
    const gids = due.map(({ gid }) => gid);
    const until = timeOf(now + lease.durationMs);
    await this.changeAll(cold.CLAIM, [lease.owner, until, until, timeOf(now)], gids);
    return gids;
  }

  busy(since: Instant, limit: number): Promise<readonly BusyRow[]> {
    return this.session.rows<BusyRow>(cold.BUSY, [timeOf(since), timeOf(since), limit]);
  }

  /** Decided like the writes of a batch: on what was read under lock. */
  async renew(leases: readonly HeldLease[], durationMs: number, now: Instant): Promise<readonly string[]> {
    const gids = leases.map(({ gid }) => gid);
    const rows = new Map((await this.lock(gids)).map((row) => [row.gid, row]));
    const held = leases.filter((lease) => isHeld(lease, rows.get(lease.gid))).map(({ gid }) => gid);
    const until = timeOf(now + durationMs);
    await this.changeAll(cold.RENEW, [until, until], held);
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
    const [time, after] = [timeOf(now), timeOf(now + afterMs)];
    const far = await this.session.rows<{ gid: string }>(cold.FAR_GIDS, [after, time, limit]);
    const gids = far.map(({ gid }) => gid);
    await this.changeAll(cold.REARM_ALL, [time, time], gids);
    const left = await this.session.rows(cold.FAR, [after, time]);
    return { count: gids.length, hasRemaining: left.length > 0 };
  }

  async kvPut({ category, key, value }: KvEntry, expected: ExpectedKv | undefined, now: Instant): Promise<boolean> {
    const time = timeOf(now);
    const row = [category, key, value, time, time];
    if (expected === undefined) return (await this.session.change(cold.KV_PUT, row)) > 0;
    if (expected.version === 0) return (await this.session.change(cold.KV_CREATE, row)) > 0;
    const { version, value: before } = expected;
    return (await this.session.change(cold.KV_REPLACE, [value, time, category, key, version, before, before])) > 0;
  }

  async kvDelete(category: string, key: string): Promise<boolean> {
    return (await this.session.change(cold.KV_DELETE, [category, key])) > 0;
  }

  async purge({ finishedBefore, afterId, limit }: PurgeRange): Promise<PurgeProgress> {
    const before = timeOf(finishedBefore);
    const next = await this.session.rows<PurgeRow>(cold.PURGE_NEXT, [before, before, afterId, limit]);
    const end = next.findIndex(({ is_young }) => is_young === 1);
    const old = end === -1 ? next : next.slice(0, end);
    const ended = old.filter(({ has_ended }) => has_ended === 1).map(({ gid }) => gid);
    let deleted = 0;
    for (const gids of chunksOf(ended, MAX_LIST)) deleted += await this.delete(gids, before);
    const last = old.at(-1);
    return { deleted, lastId: end === -1 && last ? Number(last.id) : undefined };
  }

  private async delete(ended: readonly string[], before: string): Promise<number> {
    const rows = await this.session.rows<{ gid: string }>(cold.LOCK_ENDED, [ended, before]);
    if (rows.length === 0) return 0;
    const gids = rows.map(({ gid }) => gid);
    await this.session.change(cold.DELETE_GLOBALS, [gids]);
    await this.session.change(cold.DELETE_BRANCHES, [gids]);
    return gids.length;
  }

  /** A statement whose last parameter is a list of gids. */
  private async changeAll(text: string, values: readonly unknown[], gids: readonly string[]): Promise<void> {
    for (const chunk of chunksOf(gids, MAX_LIST)) await this.session.change(text, [...values, chunk]);
  }
}

function isHeld({ epoch }: HeldLease, row: LockedRow | undefined): boolean {
  return row?.epoch === epoch && row.leaseUntil !== null;
}
