import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { TakeOverDialect } from './take-over-dialect';
import { localOffsets, type LocalOffsets } from './time-zone';

/** dtm was first published in this year: nothing that it wrote is older. */
const OLDEST = Date.UTC(2021, 0, 1);
/** dtm's back-off has no bound (spec Q10): a next visit may lie years ahead. Milliseconds. */
const AHEAD_MS = 10 * 365 * 24 * 3600 * 1000;

/**
 * @param zone what the command says
 * @returns how to read dtm's times
 * @throws DtxError `DTX_INVALID_CONFIG` when a zone is missing, does not exist, or is not wanted
 */
export function sourceZone({ hasLocalTimes }: TakeOverDialect, zone: string | undefined): LocalOffsets {
  if (hasLocalTimes && zone !== undefined) return localOffsets(zone, OLDEST, Date.now() + AHEAD_MS);
  if (!hasLocalTimes && zone === undefined) return { initialSeconds: 0, changes: [] };
  throw new DtxError(
    ERROR_CODES.invalidConfig,
    hasLocalTimes
      ? "dtm's tables hold local times: name the zone of its processes, as --source-time-zone=Europe/Berlin or +08:00"
      : '--source-time-zone is not for PostgreSQL: its columns hold instants',
  );
}
