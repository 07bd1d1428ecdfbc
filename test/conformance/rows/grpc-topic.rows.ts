import { DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { GrpcCaller } from '@nestjs-dtx/testing';
import { send } from '../../support/http';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const [FIRST, SECOND] = ['points:9000/points.Points/Award', 'mail:9000/mail.Mail/Send'];
const DONE = { code: GRPC_STATUS.ok };

/** A.2: topics over gRPC. */
export const GRPC_TOPIC_ROWS: readonly Row[] = [
  {
    id: 'TOP-06',
    title: 'a topic is made by its first subscription over gRPC',
    run: (context) =>
      withTopic(context, async ({ subscribe, stored }) => {
        expect(await subscribe({ URL: FIRST, Remark: 'points' })).toMatchObject(DONE);
        expect(await stored()).toMatchObject({ version: 1, v: JSON.stringify([{ url: FIRST, remark: 'points' }]) });
      }),
  },

  {
    id: 'TOP-07',
    title: 'a subscription over gRPC that is there, or lacks its topic or its URL, is an error',
    run: (context) =>
      withTopic(context, async ({ subscribe, stored }) => {
        await subscribe({ URL: FIRST });
        expect(await subscribe({ URL: FIRST })).toMatchObject(refusal('this url exists'));
        expect(await subscribe({ URL: FIRST, Topic: '' })).toMatchObject(refusal('empty topic'));
        expect(await subscribe({})).toMatchObject(refusal('empty url'));
        expect(await stored()).toMatchObject({ version: 1 });
      }),
  },

  {
    id: 'TOP-08',
    title: 'a topic takes a second subscriber over gRPC',
    run: (context) =>
      withTopic(context, async ({ subscribe, stored }) => {
        for (const URL of [FIRST, SECOND]) expect(await subscribe({ URL })).toMatchObject(DONE);
        const subscribers = [FIRST, SECOND].map((url) => ({ url, remark: '' }));
        expect(await stored()).toMatchObject({ version: 2, v: JSON.stringify(subscribers) });
      }),
  },

  {
    id: 'TOP-09',
    title: 'subscribers leave one by one over gRPC, each once',
    run: (context) =>
      withTopic(context, async ({ subscribe, leave, stored }) => {
        for (const URL of [FIRST, SECOND]) await subscribe({ URL });
        expect(await leave({ URL: FIRST })).toMatchObject(DONE);
        expect(await leave({ URL: FIRST })).toMatchObject(refusal('no such an url '));
        expect(await leave({ URL: FIRST, Topic: '' })).toMatchObject(refusal('empty topic'));
        expect(await leave({})).toMatchObject(refusal('empty url'));
        expect(await leave({ URL: FIRST, Topic: 'unknown' })).toMatchObject(refusal('no such a topic'));
        expect(await leave({ URL: SECOND })).toMatchObject(DONE);
        expect(await leave({ URL: SECOND })).toMatchObject(refusal('this topic is empty'));
        expect(await stored()).toMatchObject({ version: 4, v: '[]' });
      }),
  },

  {
    id: 'TOP-10',
    title: 'a topic is deleted once over gRPC',
    run: (context) =>
      withTopic(context, async ({ subscribe, remove, stored }) => {
        expect(await remove()).toMatchObject(refusal('storage: NotFound'));
        await subscribe({ URL: FIRST });
        expect(await remove()).toMatchObject(DONE);
        expect(await stored()).toBeUndefined();
        expect(await remove()).toMatchObject(refusal('storage: NotFound'));
      }),
  },
];

interface TopicRequest {
  readonly Topic?: string;
  readonly URL?: string;
  readonly Remark?: string;
}

/** Lets a row work on a topic of its own. */
async function withTopic(
  context: RowContext,
  work: (topic: ReturnType<typeof topicOf>) => Promise<void>,
): Promise<void> {
  const caller = new GrpcCaller(context.grpcAddress);
  try {
    await work(topicOf(caller, context));
  } finally {
    caller.close();
  }
}

function topicOf(caller: GrpcCaller, { saga, api }: RowContext) {
  const Topic = saga.gid;
  const query = new URLSearchParams({ cat: 'topics', key: Topic }).toString();
  return {
    subscribe: (request: TopicRequest) => caller.call(DTM_SERVICE.Subscribe, { Topic, ...request }),
    leave: (request: TopicRequest) => caller.call(DTM_SERVICE.Unsubscribe, { Topic, ...request }),
    remove: () => caller.call(DTM_SERVICE.DeleteTopic, { Topic }),
    /** The row of the topic, as it is shown. */
    stored: async (): Promise<unknown> => {
      const { json } = await send('GET', `${api.url}/api/dtmsvr/queryKV?${query}`);
      return (json as { kv: unknown[] }).kv[0];
    },
  };
}

const refusal = (details: string) => ({ code: GRPC_STATUS.unknown, details });
