import { OPS } from '@nestjs-dtx/protocol';
import { checkBarrierInfo, type BarrierInfo } from '../../barrier/barrier-info';
import { BarrierTable } from '../../barrier/barrier-table';
import { branchOfXid, xidOf } from '../xid';
import { XA_ENGINES } from './engines';
import { inDoubtSearch, type InDoubtSearch } from './in-doubt-search';
import type { XaEngine } from './xa-engine';
import type { XaDatabase, XaSession } from './xa-session';

/** Key of the row that every xa branch writes first (spec 8.5). */
const actionRow = (branchId: string) => ({ branchId, op: OPS.action, barrierId: '01' });

/** What stands in the place of a branch's row. `busy`: another open transaction holds it. */
export type RowState =
  { readonly row: 'absent' } | { readonly row: 'busy' } | { readonly row: 'stored'; readonly by: string };

/** One branch in the participant's database: its xid, and the barrier row that says what has become of it. */
export class LocalBranch {
  readonly xid: string;
  readonly engine: XaEngine;
  private readonly rows: BarrierTable;
  private readonly search: InDoubtSearch;

  /**
   * @param info trans_type, gid and branch_id of the request
   * @throws BarrierInfoError, BarrierTableError
   * @throws InvalidRequestError when the xid cannot stand in a statement, or is too long
   */
  constructor(
    readonly info: BarrierInfo,
    database: Pick<XaDatabase, 'dialect'>,
    table: string | undefined,
  ) {
    checkBarrierInfo(info);
    const { dialect } = database;
    this.xid = xidOf(info, dialect);
    this.engine = XA_ENGINES[dialect];
    this.search = inDoubtSearch(dialect, table);
    this.rows = new BarrierTable(info, { dialect, ...(table !== undefined && { table }) });
  }

  /** Stores the row within the branch. @returns what was there before; `absent` if it is new */
  async storeRow(session: XaSession, lockWaitSeconds: number): Promise<RowState> {
    const key = actionRow(this.info.branchId);
    const insert = (): Promise<boolean> => this.rows.insert(session, key, OPS.action);
    const isNew = await this.engine.storeRow(session, insert, lockWaitSeconds);
    if (isNew === 'taken') return { row: 'busy' };
    return isNew ? { row: 'absent' } : { row: 'stored', by: await this.rows.reason(session, key) };
  }

  /**
   * Finds out what stands in the row's place, which blocks while a branch is at work there, but only for a moment.
   *
   * @param keep takes the place if it is free, so that no work can come any more
   */
  async probeRow(session: XaSession, { keep }: { readonly keep: boolean }): Promise<RowState> {
    const setBack = await this.engine.shortLockWait(session);
    await session.execute('begin', []);
    const state = await this.tryRow(session);
    await session.execute(keep && state.row === 'absent' ? 'commit' : 'rollback', []);
    await setBack();
    return state;
  }

  /** @returns whether another branch of the transaction is prepared in this database; false as well if that cannot be found out */
  async hasSibling(session: XaSession): Promise<boolean> {
    const inDoubt = await this.engine.inDoubt(session, this.search).catch(() => []);
    return inDoubt.some(({ xid }) => xid !== this.xid && branchOfXid(xid)?.gid === this.info.gid);
  }

  private async tryRow(session: XaSession): Promise<RowState> {
    const key = actionRow(this.info.branchId);
    try {
      if (await this.rows.insert(session, key, OPS.rollback)) return { row: 'absent' };
      return { row: 'stored', by: await this.rows.reason(session, key) };
    } catch (error) {
      if (this.engine.isLockTimeout(error)) return { row: 'busy' };
      throw error;
    }
  }
}
