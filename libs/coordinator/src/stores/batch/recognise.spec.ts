import type { GlobalStatus } from '@nestjs-dtx/protocol';
import { insertWrite } from '../insert-write.spec-helper';
import { MemoryStatements } from '../memory/memory-statements';
import { MemoryTables } from '../memory/memory-tables';
import type { AdvanceWrite, AppendWrite, ChangeWrite, LeaseRequest, Write, WriteResult } from '../writes';
import { recogniseApplied } from './recognise';
import { runBatch } from './run-batch';

const LEASE: LeaseRequest = { owner: 'one/7', durationMs: 1000 };
const OTHER: LeaseRequest = { owner: 'two/1', durationMs: 1000 };

function change(to: GlobalStatus, lease?: LeaseRequest): ChangeWrite {
  return { kind: 'change', gid: 'g', from: 'prepared', to, patch: {}, unheldOnly: false, ...(lease && { lease }) };
}

function registration(url = 'http://service/03'): AppendWrite {
  const branch = { branchId: '03', op: 'confirm', url, payload: Buffer.from('{}'), status: 'prepared' } as const;
  return {
    kind: 'append',
    gid: 'g',
    branches: [branch, { ...branch, op: 'cancel' }],
    interrupts: true,
    transType: 'saga',
  };
}

function end(status: GlobalStatus, epoch = 1): AdvanceWrite {
  const park = { dueInMs: null, intervalMs: 1, attempts: 0, lastError: '' };
  return { kind: 'advance', gid: 'g', epoch, branches: [], status, park };
}

describe('after a commit in doubt', () => {
  let statements: MemoryStatements;

  beforeEach(() => {
    statements = new MemoryStatements(new MemoryTables(), () => 1000);
  });

  const stored = async (...writes: readonly Write[]): Promise<WriteResult[]> => {
    const results: WriteResult[] = [];
    for (const write of writes) results.push(...(await runBatch(statements, [write])));
    return results;
  };
  const recognised = async (write: Write) => (await recogniseApplied(statements, [write], 2000)).get(write);
  const repeated = (write: Write) => runBatch(statements, [write], { isRepeated: true });

  test.each([
    ['an insert with a lease', [], insertWrite('g', { lease: LEASE }), 1],
    ['an insert without one', [], insertWrite('g'), 1],
    ['a change with a lease', [insertWrite('g')], change('submitted', LEASE), 2],
    ['a change without one', [insertWrite('g')], change('aborting'), 2],
    ['a registration', [insertWrite('g')], registration(), 1],
    ['a last outcome', [insertWrite('g', { lease: LEASE })], end('succeed'), 1],
  ] as const)('%s is recognised, and only if it was carried out', async (_name, before, write, epoch) => {
    await stored(...before);
    expect(await recognised(write)).toBeUndefined();
    const [first] = await stored(write);
    expect(first).toMatchObject({ result: 'applied', epoch });
    expect(await recognised(write)).toMatchObject({ result: 'applied', now: 2000, epoch });
    expect(await repeated(write)).toMatchObject([{ result: 'applied', epoch }]);
  });

  test('a change that took its lease hands over the transaction', async () => {
    const write = change('submitted', LEASE);
    await stored(insertWrite('g'), write);
    expect(await recognised(write)).toMatchObject({
      leased: { epoch: 2, snapshot: { gid: 'g', status: 'submitted' } },
    });
  });

  test('a registration is recognised after the submit that followed it', async () => {
    const write = registration();
    await stored(insertWrite('g'), write, change('submitted', LEASE));
    expect(await recognised(write)).toMatchObject({ result: 'applied' });
  });

  test.each([
    ['an insert', [insertWrite('g', { lease: OTHER })], insertWrite('g', { lease: LEASE }), 'duplicate'],
    ['a change', [insertWrite('g'), change('submitted', OTHER)], change('submitted', LEASE), 'stale'],
    ['a registration', [insertWrite('g'), registration('http://other')], registration(), 'duplicate'],
    ['an outcome', [insertWrite('g', { lease: LEASE }), end('failed')], end('succeed'), 'stale'],
    [
      'an outcome of an older epoch',
      [insertWrite('g'), change('submitted', OTHER), end('succeed', 2)],
      end('succeed'),
      'stale',
    ],
  ] as const)('%s is not taken for that of somebody else', async (_name, before, write, result) => {
    await stored(...before);
    expect(await recognised(write)).toBeUndefined();
    expect(await repeated(write)).toMatchObject([{ result }]);
  });

  test('an outcome that ends nothing is carried out again, which changes nothing', async () => {
    const write: AdvanceWrite = {
      kind: 'advance',
      gid: 'g',
      epoch: 1,
      branches: [{ branchId: '01', op: 'action', status: 'succeed' }],
    };
    await stored(insertWrite('g', { lease: LEASE }), write);
    expect(await recognised(write)).toBeUndefined();
    expect(await repeated(write)).toMatchObject([{ result: 'applied', epoch: 1 }]);
  });

  test('each write of a batch gets its own result, in order', async () => {
    const done = insertWrite('b', { lease: LEASE });
    await stored(done);
    const writes = [insertWrite('a'), done, { ...end('succeed'), gid: 'c' }];
    const results = await runBatch(statements, writes, { isRepeated: true });
    expect(results.map(({ result }) => result)).toEqual(['applied', 'applied', 'stale']);
  });
});
