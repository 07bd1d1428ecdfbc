import type { Instant } from '@nestjs-dtx/engine';
import { isFinalStatus } from '@nestjs-dtx/protocol';
import { hasCompletion } from '../owed-completion';
import type { PurgeProgress, PurgeRequest } from '../transaction-store';
import type { GlobalRow, MemoryTables } from './memory-tables';

/** One part of a purge on maps. @see TransactionStore.purge */
export function purgeMemory(tables: MemoryTables, request: PurgeRequest, now: Instant): PurgeProgress {
  const finishedBefore = now - request.finishedForMs;
  const next = [...tables.globals.values()]
    .filter(({ id }) => id > request.afterId)
    .sort((a, b) => a.id - b.id)
    .slice(0, request.limit);
  const end = next.findIndex(({ createTime }) => createTime >= finishedBefore);
  const old = end === -1 ? next : next.slice(0, end);
  const ended = old.filter((row) => isOver(row) && endOf(row) < finishedBefore);
  for (const { gid } of ended) {
    tables.globals.delete(gid);
    tables.branches.delete(gid);
  }
  return { deleted: ended.length, lastId: end === -1 ? old.at(-1)?.id : undefined };
}

const isOver = ({ status, nextCronTime, options }: GlobalRow): boolean =>
  isFinalStatus(status) && (nextCronTime === null || !hasCompletion(options));

const endOf = ({ finishTime, rollbackTime, updateTime }: GlobalRow): Instant =>
  finishTime ?? rollbackTime ?? updateTime;
