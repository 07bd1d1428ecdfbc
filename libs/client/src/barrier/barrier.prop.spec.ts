import fc from 'fast-check';
import type { BarrierInfo } from './barrier-info';
import { OPENING_BALANCE, Participant, type Mishap, type Reply } from './participant.spec-helper';

/** Forward operation and its undo, per mode. */
const PAIRS = [
  { transType: 'saga', forward: 'action', undo: 'compensate' },
  { transType: 'tcc', forward: 'try', undo: 'cancel' },
  { transType: 'workflow', forward: 'action', undo: 'rollback' },
] as const;

const mishap = fc.constantFrom<Mishap>('none', 'business fails', 'dies before commit', 'dies after commit');

/** Requests in any order and number: lost ones simply do not occur, late ones come after their undo. */
const deliveries = fc.array(
  fc.record({ branchId: fc.constantFrom('01', '02'), gid: fc.constantFrom('g1', 'g2'), undo: fc.boolean(), mishap }),
  { maxLength: 24 },
);

const AMOUNT = 30;

interface Delivered {
  readonly info: BarrierInfo;
  readonly reply: Reply;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

async function deliverAll(
  participant: Participant,
  { transType, forward, undo }: (typeof PAIRS)[number],
  sent: readonly { branchId: string; gid: string; undo: boolean; mishap: Mishap }[],
): Promise<Delivered[]> {
  const log: Delivered[] = [];
  for (const { branchId, gid, undo: isUndo, mishap: how } of sent) {
    const info = { transType, gid, branchId, op: isUndo ? undo : forward };
    const before = participant.effects(gid, branchId);
    const reply = await participant.receive(info, isUndo ? AMOUNT : -AMOUNT, how);
    log.push({ info, reply, before, after: participant.effects(gid, branchId) });
  }
  return log;
}

type Law = (participant: Participant, log: Delivered[]) => readonly unknown[];

describe.each(PAIRS)('behind the barrier, $transType requests in any order, repeated and interrupted', (pair) => {
  const NO_EFFECT = [[], [pair.forward, pair.undo]].map(String);
  const hasNoEffect = (effects: readonly string[]) => NO_EFFECT.includes(String(effects));

  /** @param law returns what breaks it */
  const holds = (law: Law) =>
    fc.assert(
      fc.asyncProperty(deliveries, async (sent) => {
        const participant = new Participant();
        try {
          expect(law(participant, await deliverAll(participant, pair, sent))).toEqual([]);
        } finally {
          participant.close();
        }
      }),
      { numRuns: 200 },
    );

  it('apply the effect at most once, and undo it at most once and only after it', async () => {
    const law: Law = (_, log) => log.filter(({ after }) => !hasNoEffect(after) && String(after) !== pair.forward);
    await expect(holds(law)).resolves.toBeUndefined();
  });

  it('leave no effect once an undo was answered, whatever comes later', async () => {
    const law: Law = (_, log) => {
      const undone = (index: number) =>
        upTo(log, index).some(({ info, reply }) => info.op === pair.undo && reply === 'success');
      return log.filter(({ after }, index) => undone(index) && !hasNoEffect(after));
    };
    await expect(holds(law)).resolves.toBeUndefined();
  });

  it('have the effect of a forward request that was answered before any undo came through', async () => {
    const law: Law = (_, log) => {
      const undoCame = (index: number) =>
        upTo(log, index).some(({ info, reply }) => info.op === pair.undo && reply !== 'error');
      return log.filter(
        ({ info, reply, after }, index) =>
          info.op === pair.forward && reply === 'success' && !undoCame(index) && String(after) !== pair.forward,
      );
    };
    await expect(holds(law)).resolves.toBeUndefined();
  });

  it('change nothing when they fail', async () => {
    const law: Law = (_, log) =>
      log.filter((entry) => entry.reply === 'error' && String(entry.before) !== String(entry.after));
    await expect(holds(law)).resolves.toBeUndefined();
  });

  it('keep the balance equal to the effects that stand', async () => {
    const law: Law = (participant, log) => {
      const branches = new Map(log.map(({ info }) => [`${info.gid}/${info.branchId}`, info]));
      const standing = [...branches.values()].filter(
        ({ gid, branchId }) => !hasNoEffect(participant.effects(gid, branchId)),
      );
      const expected = OPENING_BALANCE - AMOUNT * standing.length;
      return participant.balance === expected ? [] : [{ balance: participant.balance, expected }];
    };
    await expect(holds(law)).resolves.toBeUndefined();
  });
});

/** @returns the deliveries to the same branch up to and including this one. */
function upTo(log: readonly Delivered[], index: number): Delivered[] {
  const info = log[index]?.info;
  return log
    .slice(0, index + 1)
    .filter((entry) => entry.info.gid === info?.gid && entry.info.branchId === info.branchId);
}

describe('a message and its check-backs in any order', () => {
  const message = { transType: 'msg', gid: 'm1', branchId: '00', op: 'msg' };
  const events = fc.array(fc.oneof(fc.constant('check back' as const), mishap), { maxLength: 12 });

  it('agree on whether the local transaction committed, and never change their mind', () =>
    fc.assert(
      fc.asyncProperty(events, async (sequence) => {
        const participant = new Participant();
        try {
          const answers = new Set<string>();
          for (const event of sequence) {
            if (event === 'check back') answers.add(await participant.checkBack(message));
            else await participant.receive(message, -AMOUNT, event);
          }
          const committed = participant.effects('m1', '00').length === 1;
          answers.add(await participant.checkBack(message));
          expect([...answers]).toEqual([committed ? 'committed' : 'rolled-back']);
          expect(participant.balance).toBe(OPENING_BALANCE - (committed ? AMOUNT : 0));
        } finally {
          participant.close();
        }
      }),
      { numRuns: 300 },
    ));
});
