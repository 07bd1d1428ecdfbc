import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { refusal, type CoordinatorApi } from './coordinator-api';

/**
 * Ends a transaction as `failed` where it stands; nothing is compensated (spec 2.7).
 *
 * @throws CoordinatorRefusedError it is finished already, or unknown
 * @throws CoordinatorUnreachableError
 */
export async function forceStopTransaction(api: CoordinatorApi, gid: string): Promise<void> {
  const { answer, uncertain, lastFailure } = await api.command('/forceStop', { gid });
  if (!answer) {
    throw new CoordinatorUnreachableError({ coordinator: api.url, gid, outcome: 'unknown' }, { cause: lastFailure });
  }
  if (answer.status === 200) return;
  // A try whose answer was lost may have stopped it: then the repeat is refused because it is finished.
  if (uncertain && (await api.query(gid)).transaction?.status === 'failed') return;
  throw refusal(answer);
}
