"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ENDED_LEASE = exports.LONG_LEASE = void 0;
exports.insertWrite = insertWrite;
exports.outcomeWrite = outcomeWrite;
exports.parkWrite = parkWrite;
exports.finishWrite = finishWrite;
exports.submitWrite = submitWrite;
exports.forceStopWrite = forceStopWrite;
exports.registerWrite = registerWrite;
const protocol_1 = require("@nestjs-dtx/protocol");
/** Long enough that it never ends during a test. */
exports.LONG_LEASE = { owner: 'tester/1', durationMs: 60_000 };
/** Over as soon as it is taken. */
exports.ENDED_LEASE = { owner: 'tester/2', durationMs: 0 };
const PAYLOAD = Buffer.from('{"amount":30}');
/** A two-step saga to insert: prepared, or submitted under the given lease. */
function insertWrite(gid = (0, protocol_1.newGid)(), lease) {
    return {
        kind: 'insert',
        gid,
        intervalMs: 10_000,
        ...(lease && { lease }),
        transaction: {
            gid,
            transType: 'saga',
            status: lease ? 'submitted' : 'prepared',
            protocol: 'http',
            queryPrepared: '',
            customData: '{"concurrent":true}',
            options: { waitResult: true, retryLimit: 3, branchHeaders: { 'x-tenant': 'acme' } },
            branches: ['01', '02'].flatMap((branchId) => ['compensate', 'action'].map((op) => ({
                branchId,
                op,
                url: `http://service/${branchId}/${op}`,
                payload: PAYLOAD,
                status: 'prepared',
            }))),
        },
    };
}
/** The outcome of step one, as the holder of that epoch records it. */
function outcomeWrite(gid, epoch) {
    return { kind: 'advance', gid, epoch, branches: [{ branchId: '01', op: 'action', status: 'succeed' }] };
}
/** The end of a run: not due again for a minute. */
function parkWrite(gid, epoch, dueInMs = 60_000) {
    const park = { dueInMs, intervalMs: 20_000, attempts: 2, lastError: 'status 500: broken' };
    return { kind: 'advance', gid, epoch, branches: [], park };
}
/** The final status, as the holder of that epoch records it. */
function finishWrite(gid, epoch, status = 'succeed') {
    const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
    return { kind: 'advance', gid, epoch, branches: [], status, park };
}
function submitWrite(gid, lease = exports.LONG_LEASE) {
    return { kind: 'change', gid, from: 'prepared', to: 'submitted', patch: {}, unheldOnly: false, lease };
}
function forceStopWrite(gid) {
    return { kind: 'change', gid, from: 'submitted', to: 'failed', patch: {}, unheldOnly: false };
}
function registerWrite(gid, branchId = '03') {
    const branch = { branchId, url: 'http://service/x', payload: PAYLOAD, status: 'prepared' };
    return {
        kind: 'append',
        gid,
        branches: [
            { ...branch, op: 'cancel' },
            { ...branch, op: 'confirm' },
        ],
    };
}
