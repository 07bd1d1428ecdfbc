"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.useStore = useStore;
/** Opens a fresh store before each test and disposes of it afterwards. */
function useStore(harness) {
    let store;
    beforeEach(async () => {
        store = await harness.open();
    });
    afterEach(async () => {
        if (store)
            await harness.dispose(store);
        store = undefined;
    });
    const current = () => {
        if (!store)
            throw new Error('the store is only there inside a test');
        return store;
    };
    return {
        harness,
        get store() {
            return current();
        },
        replace(next) {
            store = next;
        },
        async read(gid) {
            const found = await current().find(gid);
            if (!found)
                throw new Error(`no transaction ${gid}`);
            return found;
        },
    };
}
