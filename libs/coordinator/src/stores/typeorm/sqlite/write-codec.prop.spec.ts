import { newGid } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { insertWrite } from '../../insert-write.spec-helper';
import type { Write } from '../../writes';
import { decodeOutcomes, decodeWrites, encodeOutcomes, encodeWrites } from './write-codec';

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
        return { kind, gid, epoch: one, branches: [{ branchId: url, op: url, status: 'failed' }], rollbackReason: url };
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
  JSON.parse(JSON.stringify(batch, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value)));

const applied = (now: number, epoch: number) => ({ ok: true, result: { result: 'applied', now, epoch } }) as const;

describe('a batch on its way to the writer thread', () => {
  test('arrives as it was sent', () => {
    fc.assert(
      fc.property(writes, (batch) => {
        const encoded = structuredClone(encodeWrites(batch));
        expect(plain(decodeWrites(encoded))).toEqual(plain(batch));
      }),
    );
  });

  test('carries a payload that is shared only once', () => {
    const payload = new Uint8Array(1000);
    const write = insertWrite('g');
    const branches = write.transaction.branches.map((branch) => ({ ...branch, payload }));
    const { payloads: block } = encodeWrites([{ ...write, transaction: { ...write.transaction, branches } }]);
    expect(block.byteLength).toBe(1000);
  });

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
