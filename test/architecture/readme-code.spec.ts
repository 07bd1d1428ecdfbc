import { codeBlocks, errorsIn } from './code-blocks';

const CLIENT = 'libs/client/README.md';

/** What a reader of the client's page is expected to have. */
const SURROUNDINGS = `
import type { DtxClient, InTransaction, XaParticipant } from '@nestjs-dtx/client';
declare global {
  interface Order { readonly id: string }
  interface Parcel { readonly id: string }
  interface Points { readonly total: number }
  const dtx: DtxClient;
  const order: Order;
  function reserve(order: Order): Promise<{ readonly id: string }>;
  function release(order: Order): Promise<void>;
  const inTransaction: InTransaction;
  const pg: { query(sql: string, parameters?: unknown[]): Promise<{ rowCount: number | null; rows: Record<string, unknown>[] }> };
  const amount: number;
  const sum: { readonly amount: number };
  const Movement: { encode(value: object): { finish(): Uint8Array } };
  const request: { readonly query: Record<string, string> };
}
`;

const TRANSPORTS = 'docs/transports.md';

/** The same for the page about transports. */
const BANK = `
import type { EntityManager } from 'typeorm';
declare global {
  class TransferDto { readonly amount: number }
  class Accounts {
    withdraw(manager: EntityManager, order: TransferDto): Promise<void>;
    deposit(manager: EntityManager, order: TransferDto): Promise<void>;
  }
  function hasFunds(order: TransferDto): Promise<boolean>;
  function move(gid: string, order: TransferDto): Promise<void>;
}
`;

describe('the code in a README', () => {
  it('compiles', () => {
    expect(errorsIn(CLIENT, SURROUNDINGS)).toEqual([]);
  }, 120_000);

  it('compiles on the page about transports', () => {
    expect(codeBlocks(TRANSPORTS)).toHaveLength(3);
    expect(errorsIn(TRANSPORTS, BANK)).toEqual([]);
  }, 120_000);

  it('is there for every kind of transaction', () => {
    const code = codeBlocks(CLIENT)
      .map((block) => block.code)
      .join('\n');
    for (const call of ['.saga()', '.tcc(', '.msg(', '.xa(', '.workflow<', 'dtx.topics.', 'new Barrier(']) {
      expect(code).toContain(call);
    }
  });

  it('would be refused if it were wrong', () => {
    const wrong = SURROUNDINGS.replace('const order: Order', 'const order: { readonly number: number }');
    expect(errorsIn(CLIENT, wrong)).toContainEqual(
      expect.stringMatching(/README\.md:\d+ Property 'id' does not exist/),
    );
  }, 120_000);
});
