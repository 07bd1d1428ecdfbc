import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { QueryRunner } from 'typeorm';
import type { Reporter } from '../schema/reporter';
import { copyStatement, type CopyPlan } from './copy-plan';

/**
 * Copies what is not copied yet, in the order of the ids, a range in a transaction. Ids stay, so the greatest one that is
 * there tells where to go on: no row is converted twice or left out, wherever an earlier attempt broke off.
 *
 * @param rows most rows of one statement
 * @throws DtxError `DTX_TAKEOVER_REFUSED` when in the end some are missing: somebody else writes to these tables
 */
export async function copyRows(
  queryRunner: QueryRunner,
  plan: CopyPlan,
  { rows, report }: { readonly rows: number; readonly report: Reporter },
): Promise<void> {
  const { table, source } = plan;
  const number = async (sql: string): Promise<number> => {
    const [row] = (await queryRunner.query(sql)) as { value: string | number | null }[];
    return Number(row?.value ?? 0);
  };
  const total = await number(`SELECT COUNT(*) AS value FROM ${source}`);
  let copied = await number(`SELECT COUNT(*) AS value FROM ${table}`);
  let afterId = await number(`SELECT MAX(id) AS value FROM ${table}`);
  for (;;) {
    report(`copying ${table}`, { done: copied, total });
    const range = `SELECT id FROM ${source} WHERE id > ${afterId} ORDER BY id LIMIT ${rows}`;
    const upToId = await number(`SELECT MAX(id) AS value FROM (${range}) AS part`);
    if (upToId === 0) break;
    await queryRunner.query(copyStatement(plan, { afterId, upToId }));
    afterId = upToId;
    copied = Math.min(copied + rows, total);
  }
  copied = await number(`SELECT COUNT(*) AS value FROM ${table}`);
  if (copied === total) return;
  throw new DtxError(
    ERROR_CODES.takeOverRefused,
    `${table} has ${copied} rows and ${source} has ${total}: something else writes to them (docs/takeover.md, the way back)`,
  );
}
