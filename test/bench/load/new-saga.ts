import { DEFAULT_SETTINGS } from '@nestjs-dtx/coordinator';
import { modeOf, type NewTransaction } from '@nestjs-dtx/engine';
import { parseTransactionRequest } from '@nestjs-dtx/protocol';
import { sagaBodies } from './saga';

/** @returns the rows of a saga as the engine makes them; only the gid is to be replaced. */
export function newSaga(branches: string, steps: number): NewTransaction {
  const request = parseTransactionRequest(JSON.parse(sagaBodies(branches, steps)('template')), DEFAULT_SETTINGS.limits);
  const accepted = modeOf('saga').accept({ kind: 'submit', request }, undefined, { settings: DEFAULT_SETTINGS });
  if (accepted.accept !== 'create') throw new Error(`the engine does not take the saga: ${JSON.stringify(accepted)}`);
  return accepted.transaction;
}
