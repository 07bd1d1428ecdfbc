import type { ListFilter, TransactionRecord } from '@nestjs-dtx/coordinator';
import { newGid, type TransType } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { ENDED_LEASE, finishWrite, insertWrite, submitWrite } from './writes';

/** Everything but the size of a page. */
type Filter = Omit<ListFilter, 'limit' | 'beforeId'>;

/** The transaction list, page by page. */
export function listCases(context: StoreContext): void {
  it('lists newest first, page by page, without gaps or repeats', async () => {
    const gids: string[] = [];
    for (let count = 0; count < 5; count += 1) gids.unshift(await stored(context));
    for (const limit of [1, 2, 3, 5, 6]) expect(gidsOf(await allPages(context, {}, limit))).toEqual(gids);
  });

  it('ends with a page that names no next one', async () => {
    for (let count = 0; count < 3; count += 1) await stored(context);
    const whole = await context.store.list({ limit: 4 });
    expect([whole.transactions.length, whole.nextBeforeId]).toEqual([3, undefined]);
    expect(await context.store.list({ limit: 4, beforeId: whole.transactions.at(-1)!.id })).toEqual({
      transactions: [],
    });
  });

  it('goes on where a page ended, whatever is stored meanwhile', async () => {
    const [older, newer] = [await stored(context), await stored(context)];
    const first = await context.store.list({ limit: 1 });
    await stored(context);
    const second = await context.store.list({ limit: 1, beforeId: first.nextBeforeId! });
    expect(gidsOf([...first.transactions, ...second.transactions])).toEqual([newer, older]);
  });

  it('filters by status, type and time of creation', async () => {
    const prepared = await stored(context);
    const { transaction } = await context.read(prepared);
    const submitted = await stored(context);
    await context.store.write(submitWrite(submitted));
    const listed = async (filter: Filter) => gidsOf((await context.store.list({ limit: 10, ...filter })).transactions);
    expect(await listed({ status: 'submitted' })).toEqual([submitted]);
    expect(await listed({ transType: 'saga' })).toEqual([submitted, prepared]);
    expect(await listed({ transType: 'tcc' })).toEqual([]);
    expect(await listed({ createdTo: transaction.createTime - 1 })).toEqual([]);
    expect(await listed({ createdFrom: transaction.createTime, status: 'prepared' })).toEqual([prepared]);
  });

  it('filters by business key: exactly this one', async () => {
    const gids: string[] = [];
    for (const key of ['Order-7', 'order-7', 'Order-7 ', '', 'Order-7']) gids.push(await stored(context, 'saga', key));
    const listed = async (filter: Filter) => gidsOf(await allPages(context, filter, 1));
    expect(await listed({ businessKey: 'Order-7' })).toEqual([gids[4], gids[0]]);
    expect(await listed({ businessKey: 'Order-7 ' })).toEqual([gids[2]]);
    expect(await listed({ businessKey: 'Order-8' })).toEqual([]);
    await context.store.write(submitWrite(gids[0]!));
    expect(await listed({ businessKey: 'Order-7', status: 'submitted' })).toEqual([gids[0]]);
    expect(await listed({ businessKey: 'Order-7', status: 'prepared', transType: 'saga' })).toEqual([gids[4]]);
  });

  it('finds with every combination of filters, in pages of any size, exactly what passes it', async () => {
    await mixed(context);
    const all = (await context.store.list({ limit: 100 })).transactions;
    const [createdFrom, createdTo] = [all.at(-3)!.createTime, all[2]!.createTime];
    const expected = (filter: Filter) => gidsOf(all.filter((row) => passes(row, filter)));
    for (const status of [undefined, 'prepared', 'submitted', 'aborting', 'succeed', 'failed'] as const) {
      for (const transType of [undefined, 'saga', 'msg', 'xa'] as const) {
        for (const range of [{}, { createdFrom }, { createdTo }, { createdFrom, createdTo }]) {
          const filter = { ...(status && { status }), ...(transType && { transType }), ...range };
          expect([filter, gidsOf(await allPages(context, filter, 2))]).toEqual([filter, expected(filter)]);
        }
      }
    }
  });
}

/** Transactions of two types in every status but aborting. */
async function mixed(context: StoreContext): Promise<void> {
  for (const transType of ['saga', 'msg', 'saga', 'msg'] as const) {
    await stored(context, transType);
    for (const status of ['submitted', 'succeed', 'failed'] as const) {
      const gid = await stored(context, transType);
      await context.store.write(submitWrite(gid, ENDED_LEASE));
      if (status !== 'submitted') await context.store.write(finishWrite(gid, 2, status));
    }
  }
}

async function stored({ store }: StoreContext, transType: TransType = 'saga', businessKey = ''): Promise<string> {
  const write = insertWrite(newGid());
  await store.write({ ...write, transaction: { ...write.transaction, transType, businessKey } });
  return write.gid;
}

async function allPages({ store }: StoreContext, filter: Filter, limit: number): Promise<TransactionRecord[]> {
  const rows: TransactionRecord[] = [];
  let next: { beforeId?: number } = {};
  for (;;) {
    const { transactions, nextBeforeId } = await store.list({ ...filter, ...next, limit });
    expect(transactions.length).toBeLessThanOrEqual(limit);
    rows.push(...transactions);
    if (nextBeforeId === undefined) return rows;
    next = { beforeId: nextBeforeId };
  }
}

function passes(row: TransactionRecord, { status, transType, createdFrom, createdTo }: Filter): boolean {
  return (
    (status === undefined || row.status === status) &&
    (transType === undefined || row.transType === transType) &&
    (createdFrom === undefined || row.createTime >= createdFrom) &&
    (createdTo === undefined || row.createTime <= createdTo)
  );
}

const gidsOf = (rows: readonly TransactionRecord[]): string[] => rows.map(({ gid }) => gid);
