import { newGid } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { insertWrite } from '../../insert-write.spec-helper';
import type { InsertWrite, Write } from '../../writes';
import { decodeOutcomes, decodeWrite, encodeOutcomes, encodeWrite } from './write-codec';

const text = fc.string({ unit: 'binary' });
/** Some payloads are one and the same array, as those of an action and its compensation are. */
const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 });

const writes: fc.Arbitrary<Write[]> = fc
  .tuple(
    payloads,
    fc.array(fc.tuple(fc.constantFrom('insert', 'append', 'advance', 'change'), text, fc.nat(), fc.nat())),
  )
  .map(([bytes, entries]) =>
    entries.map(([kind, url, one, two]): Write => {
      const gid = newGid();
      const branches = [one, two, two].map((index, position) => ({
        branchId: String(position),
        op: 'action',
        url,
        payload: bytes[index % bytes.length]!,
        status: 'prepared' as const,
      }));
      if (kind === 'append') return { kind, gid, transType: 'tcc', branches, interrupts: one % 2 === 0 };
      if (kind === 'advance') {
        const park = { dueInMs: two % 2 === 0 ? null : two, intervalMs: one, attempts: two, lastError: url };
        const end = { status: 'failed', rollbackReason: url, park } as const;
        const branch = { branchId: url, op: url, status: 'failed' } as const;
        return { kind, gid, epoch: one, branches: [branch], ...(one % 2 === 0 && end) };
      }
      if (kind === 'change') {
        return { kind, gid, from: 'prepared', to: 'submitted', patch: { customData: url }, unheldOnly: one % 2 === 0 };
      }
      const write = insertWrite(gid, { lease: { owner: url, durationMs: one } });
      return { ...write, transaction: { ...write.transaction, customData: url, businessKey: url, branches } };
    }),
  );

/** Payloads by their bytes: after the journey they are windows of one block. */
const plain = (batch: readonly Write[]): unknown =>
  JSON.parse(JSON.stringify(batch, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : bytesOf(value))));

/** A buffer turns itself into this before anybody else is asked. */
const bytesOf = (value: unknown): unknown => {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  return type === 'Buffer' ? data : value;
};

const applied = (now: number, epoch: number) => ({ ok: true, result: { result: 'applied', now, epoch } }) as const;

describe('a write on its way to the writer thread', () => {
  test('arrives as it was sent', () => {
    fc.assert(
      fc.property(writes, (batch) => {
        expect(plain(batch.map(encodeWrite).map(decodeWrite))).toEqual(plain(batch));
      }),
    );
  });

  test('carries a payload that is shared only once, and as one array', () => {
    const payload = new Uint8Array(1000).fill(65);
    const write = insertWrite('g');
    const branches = write.transaction.branches.map((branch) => ({ ...branch, payload }));
    const encoded = encodeWrite({ ...write, transaction: { ...write.transaction, branches } });
    expect(encoded.length).toBeLessThan(1500);
    const { transaction } = decodeWrite(encoded) as InsertWrite;
    expect(new Set(transaction.branches.map((branch) => branch.payload)).size).toBe(1);
  });
});

describe('the outcomes of a batch on their way back', () => {
  test.each([
    ['writes that applied', [applied(5, 1), applied(5, 2)], 'string'],
    ['writes that applied at different times', [applied(5, 1), applied(6, 2)], 'string'],
    ['refusals among them', [applied(5, 1), { ok: true, result: { result: 'held' } }], 'string'],
    ['a refusal ahead of them', [{ ok: true, result: { result: 'stale' } }, applied(5, 1)], 'string'],
    ['nothing', [], 'string'],
    ['errors', [{ ok: false, error: { message: 'poisoned' } }], 'object'],
    [
      'a transaction that was handed over',
      [{ ok: true, result: { result: 'applied', now: 5, epoch: 1, leased: { epoch: 1 } } }],
      'object',
    ],
  ] as const)('brings back %s', (_name, outcomes, form) => {
    const encoded = structuredClone(encodeOutcomes(outcomes as never));
    expect(typeof encoded).toBe(form);
    expect(decodeOutcomes(encoded)).toEqual(outcomes);
  });
});
