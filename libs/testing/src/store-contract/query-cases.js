"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.queryCases = queryCases;
const protocol_1 = require("@nestjs-dtx/protocol");
const writes_1 = require("./writes");
/** Reads, listings, the kv table, and what survives a restart. */
function queryCases(context) {
    it('finds nothing under an unknown gid', async () => {
        expect(await context.store.find((0, protocol_1.newGid)())).toBeUndefined();
    });
    it('lists newest first, page by page, without gaps or repeats', async () => {
        const gids = [];
        for (let count = 0; count < 5; count += 1)
            gids.unshift(await stored(context));
        const first = await context.store.list({ limit: 2 });
        const second = await context.store.list({ limit: 2, beforeId: first.at(-1).id });
        const third = await context.store.list({ limit: 2, beforeId: second.at(-1).id });
        expect([...first, ...second, ...third].map(({ gid }) => gid)).toEqual(gids);
    });
    it('filters a listing by status, type and time of creation', async () => {
        const prepared = await stored(context);
        const { transaction } = await context.read(prepared);
        const submitted = await stored(context);
        await context.store.write((0, writes_1.submitWrite)(submitted));
        const gidsOf = async (filter) => (await context.store.list({ limit: 10, ...filter })).map(({ gid }) => gid);
        expect(await gidsOf({ status: 'submitted' })).toEqual([submitted]);
        expect(await gidsOf({ transType: 'saga' })).toEqual([submitted, prepared]);
        expect(await gidsOf({ transType: 'tcc' })).toEqual([]);
        expect(await gidsOf({ createdTo: transaction.createTime - 1 })).toEqual([]);
        expect(await gidsOf({ createdFrom: transaction.createTime, status: 'prepared' })).toEqual([prepared]);
    });
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
    it('lets only one of many writers create a key', async () => {
        const entry = { category: 'topics', key: 'order.paid', value: '[]' };
        const results = await Promise.all(Array.from({ length: 10 }, () => context.store.kvPut(entry, 0)));
        expect(results.filter(Boolean)).toHaveLength(1);
    });
    it('answers a ping with its time', async () => {
        const before = await context.store.ping();
        expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
        expect(await context.store.ping()).toBeGreaterThanOrEqual(before);
    });
    const reopen = context.harness.reopen?.bind(context.harness);
    if (!reopen)
        return;
    it('still has everything after a restart, and hands out what its dead owner held', async () => {
        const held = (0, writes_1.insertWrite)((0, protocol_1.newGid)(), writes_1.LONG_LEASE);
        const done = (0, writes_1.insertWrite)((0, protocol_1.newGid)(), writes_1.LONG_LEASE);
        await Promise.all([context.store.write(held), context.store.write(done)]);
        await context.store.write((0, writes_1.finishWrite)(done.gid, 1));
        context.replace(await reopen(context.store));
        expect((await context.read(done.gid)).transaction.status).toBe('succeed');
        const claimed = await context.store.claim(10, writes_1.LONG_LEASE);
        expect(claimed.map(({ snapshot }) => snapshot.gid)).toEqual([held.gid]);
        expect(claimed[0].epoch).toBeGreaterThan(1);
    });
}
async function stored(context) {
    const write = (0, writes_1.insertWrite)();
    await context.store.write(write);
    return write.gid;
}
