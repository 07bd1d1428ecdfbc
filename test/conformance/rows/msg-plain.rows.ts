import { payload } from '../../support/fixture/transfer';
import type { MsgCase } from '../../support/transactions/msg-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';
import { DELIVERED } from './expected-calls';

const CHECK_BACK = 'QP[00 msg]';

/** Timers of Node and of the store may disagree by this much. Milliseconds. */
const TOLERANCE = 5;

/** A.3.1: messages, without the local transaction that they belong to. */
export const MSG_PLAIN_ROWS: readonly Row[] = [
  {
    id: 'MSG-01',
    title: 'a message to a topic goes to its subscribers, in the order in which they subscribed',
    run: async (context) => {
      const msg = context.newMsg();
      const topic = `topic-of-${msg.gid}`;
      for (const name of ['OUT', 'IN']) await subscribe(context, topic, msg.url(name));
      await msg.start({ steps: [{ action: `topic://${topic}` }], payloads: [payload()] });
      // Whoever looks at once may see it delivered (C-12).
      expect(['submitted', 'succeed']).toContain((await msg.state()).status);
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(['OUT[01-01 action]', 'IN[01-02 action]']);
      expect(msg.records.map(({ body }) => body)).toEqual([payload(), payload()]);
    },
  },

  {
    id: 'MSG-02',
    title: 'a message that is not submitted in time is asked about until its sender knows, and then delivered',
    run: async (context) => {
      const msg = context.newMsg();
      msg.answers({ QP: '1:wait', IN: '1:wait' });
      await msg.begin({ timeout_to_fail: 2, retry_interval: 3 });
      expect(await msg.settledAfter(1)).toMatchObject({ status: 'prepared', rows: 'P P' });
      await msg.revisit();
      expect(await msg.settledAfter(4)).toMatchObject({ status: 'submitted', rows: 'S P' });
      await msg.revisit();
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual([CHECK_BACK, CHECK_BACK, ...DELIVERED, 'IN[02 action]']);
      expect(msg.records[0]).toMatchObject({
        method: 'GET',
        body: '',
        query: { gid: msg.gid, trans_type: 'msg', branch_id: '00', op: 'msg' },
      });
    },
  },

  {
    id: 'MSG-04',
    title: 'a prepare may be repeated until the message is submitted, and is refused when it is delivered',
    run: async (context) => {
      const msg = context.newMsg();
      await msg.begin();
      await msg.begin();
      await msg.start();
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(await msg.prepare()).toMatchObject({
        status: 409,
        json: { dtm_result: 'FAILURE', message: "current status 'succeed', cannot prepare. FAILURE" },
      });
      expect(msg.calls).toEqual(DELIVERED);
    },
  },

  {
    id: 'MSG-05',
    title: 'nobody is asked before the default time-out (here 3 s); then asked and delivered in one pass',
    run: async (context) => {
      const pace = { RETRY_INTERVAL: '1', TIMEOUT_TO_FAIL: '3' };
      const { context: own } = await context.startOwn({ ...(await context.newStore()), ...pace });
      const msg = own.newMsg();
      const preparedAt = performance.now();
      await msg.begin();
      expect(await msg.visitedEarly()).toMatchObject({ status: 'prepared', rows: 'P P' });
      await deliveredAfterCheckBack(msg, preparedAt + 3000);
    },
  },

  {
    id: 'MSG-06',
    title: 'nobody is asked before the time-out of the message, however often it is visited',
    run: async (context) => {
      const msg = context.newMsg();
      const preparedAt = performance.now();
      await msg.begin({ timeout_to_fail: 9 });
      expect(await msg.visitedEarly()).toMatchObject({ status: 'prepared', rows: 'P P' });
      expect(await msg.visitedEarly()).toMatchObject({ status: 'prepared', rows: 'P P' });
      await deliveredAfterCheckBack(msg, preparedAt + 9000);
    },
  },

  {
    id: 'MSG-08',
    title: 'the branches of a concurrent message are in flight at the same time',
    run: async (context) => {
      const msg = context.newMsg();
      // Each is answered only when the other has arrived: calls made one after the other would never end.
      const both = async () => {
        await context.busi.received(msg.gid, 2);
        return 'ok' as const;
      };
      msg.answers({ OUT: both, IN: both });
      await msg.start({ concurrent: true });
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls.sort()).toEqual([...DELIVERED].sort());
    },
  },

  {
    id: 'MSG-09',
    title: 'a delayed message is submitted at once and delivered after its delay, though it is visited before',
    run: async (context) => {
      const msg = context.newMsg();
      const submittedAt = performance.now();
      await msg.start({ custom_data: '{"delay":3}' });
      expect(await msg.visitedEarly()).toMatchObject({ status: 'submitted', rows: 'P P' });
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(DELIVERED);
      expect((msg.records[0]?.arrivedAt ?? 0) - submittedAt).toBeGreaterThanOrEqual(3000 - TOLERANCE);
    },
  },
];

async function subscribe({ api }: RowContext, topic: string, url: string): Promise<void> {
  const reply = await api.get(`subscribe?topic=${topic}&url=${encodeURIComponent(url)}&remark=`);
  expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
}

/** @param notBefore when the check-back may come; a clock that never jumps, milliseconds */
async function deliveredAfterCheckBack(msg: MsgCase, notBefore: number): Promise<void> {
  expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
  expect(msg.calls).toEqual([CHECK_BACK, ...DELIVERED]);
  expect(msg.records[0]?.arrivedAt).toBeGreaterThanOrEqual(notBefore - TOLERANCE);
  // A further pass would be an interval away.
  expect(msg.gaps[0]).toBeLessThan(900);
}
