import { ServerStore, type InsertWrite, type TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { newLease, saga } from './saga-writes';
import { SecondSession } from './second-session';

/** What has a meaning for one server or another, among what may be anything. No server keeps a NUL in a text. */
const SPECIAL = fc.constantFrom(
  "'",
  '"',
  '\\',
  "\\'",
  '?',
  ';',
  '--',
  '/*',
  '%',
  '{',
  '}',
  ',',
  '\n',
  '\u001a',
  'é',
  '漢',
  '😀',
);
const piece = fc.oneof(SPECIAL, fc.string({ unit: 'binary', maxLength: 5 })).map((text) => text.replaceAll('\0', ''));
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  text.map((written) => Buffer.from(written)),
);
const values = fc.record({ customData: text, url: text, op: text, header: text, payload: bytes });

interface Values {
  readonly customData: string;
  readonly url: string;
  readonly op: string;
  readonly header: string;
  readonly payload: Uint8Array;
}

describe('whatever a client writes', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let store: TransactionStore;

    beforeAll(async () => {
      store = new ServerStore({ ...(await freshDatabase(cleanup, engine.name as ServerName)), autoMigrate: true });
      await store.open();
      cleanup.add(() => store.close());
      // The first one learns what the server takes, and looks before it writes. Those that follow are written as foreseen.
      await store.write(saga());
    });
    afterAll(() => cleanup.run());

    test('is what stands there afterwards, in whatever company', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 4 }), async (all) => {
          const writes = all.map(writeOf);
          await Promise.all(writes.map((write) => store.write(write)));
          for (const write of writes) await expectStored(write);
        }),
        { numRuns: 50 },
      );
    });

    async function expectStored({ gid, transaction }: InsertWrite): Promise<void> {
      const found = (await store.find(gid))!;
      const { customData, options } = found.transaction;
      expect({ customData, headers: JSON.parse(options).branch_headers }).toEqual({
        customData: transaction.customData,
        headers: transaction.options.branchHeaders,
      });
      const written = transaction.branches.map(({ url, op, payload }) => ({ url, op, payload: Buffer.from(payload) }));
      expect(found.branches.map(({ url, op, payload }) => ({ url, op, payload: Buffer.from(payload) }))).toEqual(
        written,
      );
    }
  });
});

function writeOf({ customData, url, op, header, payload }: Values): InsertWrite {
  const write = saga(newLease(60_000), newGid());
  const branch = { branchId: '01', op, url, payload, status: 'prepared' } as const;
  const options = { branchHeaders: { name: header } };
  return { ...write, transaction: { ...write.transaction, customData, options, branches: [branch] } };
}

describe('what the coordinator puts between quotes as it is', () => {
  const cleanup = new Cleanup();
  const codes = Array.from({ length: 127 - 32 }, (_, index) => index + 32);
  const plain = String.fromCharCode(...codes).replaceAll(/['\\]/g, '');

  afterAll(() => cleanup.run());

  describeEngines(
    SHARED_ENGINES.filter(({ name }) => name === 'mariadb'),
    () => {
      test('means itself under every mode and in every character set that has a way of its own', async () => {
        const session = await SecondSession.open(cleanup, await freshDatabase(cleanup, 'mariadb'));
        const expected = Buffer.from(plain).toString('hex').toUpperCase();
        for (const mode of ['', 'NO_BACKSLASH_ESCAPES', 'ANSI', 'TRADITIONAL', 'ORACLE']) {
          for (const charset of ['utf8mb4', 'latin1', 'gbk', 'sjis', 'big5', 'cp932']) {
            const settings = [`SET SESSION sql_mode = '${mode}'`, `SET NAMES ${charset}`];
            const [row] = await session.run(
              ...settings,
              `SELECT HEX('${plain}') AS text_hex, HEX(_binary'${plain}') AS bytes_hex`,
            );
            expect({ mode, charset, ...row }).toEqual({ mode, charset, text_hex: expected, bytes_hex: expected });
          }
        }
      });
    },
  );
});
