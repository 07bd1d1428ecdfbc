import type { KvRecord } from '@nestjs-dtx/coordinator';
import type { StoreContext } from './context';

/** The kv table: topics, services. */
export function kvCases(context: StoreContext): void {
  it('puts, versions, scans and deletes key-value rows', async () => {
    const entry = { category: 'services', key: 'bank-a/1', value: '{}' };
    expect(await context.store.kvPut(entry, 1)).toBe(false);
    expect(await context.store.kvPut(entry, 0)).toBe(true);
    expect(await context.store.kvPut(entry, 0)).toBe(false);
    expect(await context.store.kvPut({ ...entry, value: '{"a":1}' }, 1)).toBe(true);
    expect(await context.store.kvPut({ ...entry, category: 'topics' })).toBe(true);
    const rows = await context.store.kvScan('services');
    expect(rows).toEqual([expect.objectContaining({ ...entry, value: '{"a":1}', version: 2 })]);
    expect(await context.store.kvDelete('services', 'bank-a/1')).toBe(true);
    expect(await context.store.kvDelete('services', 'bank-a/1')).toBe(false);
    expect(await context.store.kvScan('topics')).toHaveLength(1);
  });

  it('finds one row by its category and key, exactly', async () => {
    await put(context, 'order.paid', '[]');
    expect(await context.store.kvFind('topics', 'order.paid')).toEqual({
      id: expect.any(Number),
      category: 'topics',
      key: 'order.paid',
      value: '[]',
      version: 1,
      createTime: expect.any(Number),
      updateTime: expect.any(Number),
    });
    for (const [category, key] of [
      ['topics', 'Order.paid'],
      ['topics', 'order.paid '],
      ['topics', 'order'],
      ['services', 'order.paid'],
    ] as const) {
      expect(await context.store.kvFind(category, key)).toBeUndefined();
    }
  });

  it('keeps the id and the time of creation when a row changes, and starts again when it was deleted', async () => {
    const entry = { category: 'topics', key: 'order.paid', value: '[]' };
    await context.store.kvPut(entry, 0);
    const created = await found(context, 'order.paid');
    await context.store.kvPut({ ...entry, value: '[1]' }, 1);
    const changed = await found(context, 'order.paid');
    expect(changed).toEqual({ ...created, value: '[1]', version: 2, updateTime: changed.updateTime });
    expect(changed.updateTime).toBeGreaterThanOrEqual(created.updateTime);
    await context.store.kvDelete('topics', 'order.paid');
    await context.store.kvPut(entry, 0);
    expect(await found(context, 'order.paid')).toMatchObject({ version: 1, value: '[]' });
  });

  it('replaces a version only while it has the expected value', async () => {
    await put(context, 'order.paid', '["A"]');
    const entry = { category: 'topics', key: 'order.paid', value: '["b"]' };
    expect(await context.store.kvPut(entry, 1, '["a"]')).toBe(false);
    expect(await context.store.kvPut(entry, 1, '["A"] ')).toBe(false);
    expect(await context.store.kvPut(entry, 2, '["A"]')).toBe(false);
    expect(await context.store.kvPut({ ...entry, key: 'order.gone' }, 1, '["A"]')).toBe(false);
    expect(await found(context, 'order.paid')).toMatchObject({ value: '["A"]', version: 1 });
    expect(await context.store.kvPut(entry, 1, '["A"]')).toBe(true);
    expect(await found(context, 'order.paid')).toMatchObject({ value: '["b"]', version: 2 });
  });

  it('gives the rows of a category page by page, without gaps or repeats', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of ['d', 'a', 'e', 'c', 'b']) await put(context, key);
    await context.store.kvPut({ category: 'services', key: 'bb', value: '{}' });
    for (const limit of [1, 2, 3, 5, 6]) expect(await allPages(context, limit)).toEqual(keys);
  });

  it('ends with a page that names no next one', async () => {
    for (const key of ['a', 'b']) await put(context, key);
    expect((await context.store.kvPage({ category: 'topics', limit: 1 })).nextAfterKey).toBe('a');
    expect(await context.store.kvPage({ category: 'topics', afterKey: 'b', limit: 1 })).toEqual({ rows: [] });
    expect(await context.store.kvPage({ category: 'none', limit: 1 })).toEqual({ rows: [] });
  });

  it('goes on where a page ended, whatever changes meanwhile', async () => {
    for (const key of ['b', 'c', 'd']) await put(context, key);
    const first = await context.store.kvPage({ category: 'topics', limit: 2 });
    await put(context, 'a');
    await context.store.kvDelete('topics', 'c');
    const next = await context.store.kvPage({ category: 'topics', afterKey: first.nextAfterKey!, limit: 2 });
    expect(next.rows.map(({ key }) => key)).toEqual(['d']);
  });

  it('lets only one of many writers create a key', async () => {
    const entry = { category: 'topics', key: 'order.paid', value: '[]' };
    const results = await Promise.all(Array.from({ length: 10 }, () => context.store.kvPut(entry, 0)));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('lets only one of many writers replace a version', async () => {
    await put(context, 'order.paid');
    const writers = Array.from({ length: 10 }, (_, index) =>
      context.store.kvPut({ category: 'topics', key: 'order.paid', value: String(index) }, 1),
    );
    const winner = (await Promise.all(writers)).indexOf(true);
    expect(await found(context, 'order.paid')).toMatchObject({ value: String(winner), version: 2 });
  });
}

async function put({ store }: StoreContext, key: string, value = '[]'): Promise<void> {
  expect(await store.kvPut({ category: 'topics', key, value }, 0)).toBe(true);
}

async function found({ store }: StoreContext, key: string): Promise<KvRecord> {
  const row = await store.kvFind('topics', key);
  if (!row) throw new Error(`no row under ${key}`);
  return row;
}

async function allPages({ store }: StoreContext, limit: number): Promise<string[]> {
  const keys: string[] = [];
  let next: { afterKey?: string } = {};
  for (;;) {
    const { rows, nextAfterKey } = await store.kvPage({ category: 'topics', ...next, limit });
    expect(rows.length).toBeLessThanOrEqual(limit);
    keys.push(...rows.map(({ key }) => key));
    if (nextAfterKey === undefined) return keys;
    next = { afterKey: nextAfterKey };
  }
}
