import { ManualClock } from '@nestjs-dtx/testing';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import { TopicService } from './topic.service';

const [FIRST, SECOND] = ['http://points/award', 'http://mail/send'];

let clock: ManualClock;
let store: StoreProbe;
let topics: TopicService;

beforeEach(() => {
  clock = new ManualClock();
  store = new StoreProbe(new MemoryStore(() => clock.now()));
  topics = new TopicService(store, clock);
});

const reads = (): number => store.operations.filter((operation) => operation === 'kvFind').length;

const row = (topic = 'paid') => store.kvFind('topics', topic);

describe('topics', () => {
  test('know no subscribers of what nobody has subscribed to', async () => {
    expect(await topics.subscribers('paid')).toBeUndefined();
  });

  test('are stored as dtm stores them, one version per change', async () => {
    await topics.subscribe('paid', FIRST, 'points');
    await topics.subscribe('paid', SECOND, '');
    expect(await row()).toMatchObject({
      version: 2,
      value: `[{"url":"${FIRST}","remark":"points"},{"url":"${SECOND}","remark":""}]`,
    });
    expect(await topics.subscribers('paid')).toEqual([FIRST, SECOND]);
    await topics.unsubscribe('paid', FIRST);
    expect(await row()).toMatchObject({ version: 3, value: `[{"url":"${SECOND}","remark":""}]` });
  });

  test('stay with an empty list when the last subscriber goes', async () => {
    await topics.subscribe('paid', FIRST, '');
    await topics.unsubscribe('paid', FIRST);
    expect(await row()).toMatchObject({ version: 2, value: '[]' });
    expect(await topics.subscribers('paid')).toEqual([]);
  });

  test.each(['https://points/award?a=1', 'svc://points/award', 'points:58081/points.Points/Award'])(
    'take a subscriber of any transport: %s',
    async (url) => {
      await topics.subscribe('paid', url, '');
      expect(await topics.subscribers('paid')).toEqual([url]);
    },
  );

  test('start again at version 1 after they were deleted', async () => {
    await topics.subscribe('paid', FIRST, '');
    await topics.subscribe('paid', SECOND, '');
    await topics.delete('paid');
    expect(await topics.subscribers('paid')).toBeUndefined();
    await topics.subscribe('paid', SECOND, '');
    expect(await row()).toMatchObject({ version: 1 });
    expect(await topics.subscribers('paid')).toEqual([SECOND]);
  });

  describe('refuse, and change nothing:', () => {
    beforeEach(() => topics.subscribe('paid', FIRST, ''));
    const invalid = (field: string, message: string) => ({ code: 'DTX_INVALID_REQUEST', field, message });
    test.each([
      ['an empty topic', () => topics.subscribe('', FIRST, ''), invalid('topic', 'empty topic')],
      ['an empty url', () => topics.subscribe('paid', '', ''), invalid('url', 'empty url')],
      [
        'a second time',
        () => topics.subscribe('paid', FIRST, ''),
        { code: 'DTX_CONFLICT', field: 'url', message: 'this url exists' },
      ],
      ['to leave no topic', () => topics.unsubscribe('', FIRST), invalid('topic', 'empty topic')],
      ['to take off no url', () => topics.unsubscribe('paid', ''), invalid('url', 'empty url')],
      [
        'an unknown topic',
        () => topics.unsubscribe('sent', FIRST),
        { code: 'DTX_NOT_FOUND', field: 'topic', message: 'no such a topic' },
      ],
      [
        'an unknown url',
        () => topics.unsubscribe('paid', SECOND),
        { code: 'DTX_NOT_FOUND', field: 'url', message: 'no such an url ' },
      ],
      [
        'to delete nothing',
        () => topics.delete('sent'),
        { code: 'DTX_NOT_FOUND', field: 'topic', message: 'storage: NotFound' },
      ],
      [
        'a topic longer than its column',
        () => topics.subscribe('x'.repeat(129), FIRST, ''),
        invalid('topic', 'topic must not be longer than 128 characters'),
      ],
      ['a topic', () => topics.subscribe('paid', 'topic://sent', ''), invalid('url', 'url must not name a topic')],
      ['a url with a space', () => topics.subscribe('paid', 'a b', ''), invalid('url', 'url must not contain spaces')],
      [
        'a url without a host',
        () => topics.subscribe('paid', 'http://', ''),
        invalid('url', 'url must be an absolute http(s) URL'),
      ],
      [
        'half a name of a handler',
        () => topics.subscribe('paid', 'svc://points', ''),
        invalid('url', 'url must have the form svc://service/handler'),
      ],
      [
        'what no store keeps',
        () => topics.subscribe('a\0b', FIRST, ''),
        invalid('topic', 'topic must not contain control characters'),
      ],
    ])('%s', async (_what, refused, error) => {
      await expect(refused()).rejects.toMatchObject(error);
      expect(await store.kvScan('topics')).toMatchObject([
        { key: 'paid', version: 1, value: `[{"url":"${FIRST}","remark":""}]` },
      ]);
    });
  });

  test('that are empty say so to whoever wants to leave them', async () => {
    await topics.subscribe('paid', FIRST, '');
    await topics.unsubscribe('paid', FIRST);
    await expect(topics.unsubscribe('paid', FIRST)).rejects.toMatchObject({ message: 'this topic is empty' });
  });

  test('lose none of the subscribers that come at the same time, through several coordinators', async () => {
    const others = new TopicService(store, clock);
    const urls = ['http://a/', 'http://b/', 'http://c/', 'http://d/'];
    await Promise.all(urls.map((url, index) => (index % 2 ? others : topics).subscribe('paid', url, '')));
    expect((await topics.subscribers('paid'))?.toSorted()).toEqual(urls);
    expect(await row()).toMatchObject({ version: 4 });
  });

  test('lose none of the subscribers of a topic that is deleted and made again while another one subscribes', async () => {
    await topics.subscribe('paid', FIRST, '');
    store.before = async (operation) => {
      if (operation !== 'kvPut') return;
      store.before = () => {};
      await topics.delete('paid');
      await topics.subscribe('paid', 'http://again/', '');
      expect(await row()).toMatchObject({ version: 1 });
    };
    await topics.subscribe('paid', SECOND, '');
    expect(await topics.subscribers('paid')).toEqual(['http://again/', SECOND]);
  });

  test('take one URL once, however many want to subscribe it at the same time', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => topics.subscribe('paid', FIRST, '')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
  });

  test.each([
    ['was created', false, 'storage: UniqueKeyConflict'],
    ['was changed', true, 'storage: NotFound'],
  ])('give up, and say that they lost, when each time the row %s meanwhile', async (_what, exists, message) => {
    if (exists) await topics.subscribe('paid', FIRST, '');
    store.before = async (operation) => {
      if (operation !== 'kvPut') return;
      store.before = () => {};
      await (exists ? store.kvPut({ category: 'topics', key: 'paid', value: '[]' }) : createForAMoment());
      store.before = overtaken;
    };
    const overtaken = store.before;
    await expect(topics.subscribe('paid', SECOND, '')).rejects.toMatchObject({ message, code: 'DTX_CONFLICT' });
    store.before = () => {};
    expect((await row())?.value ?? '').not.toContain(SECOND);
  });

  /** There when the change is written, and gone again when it is looked at. */
  async function createForAMoment(): Promise<void> {
    await store.kvPut({ category: 'topics', key: 'paid', value: '[]' }, 0);
    store.after = async (operation) => {
      if (operation !== 'kvPut') return;
      store.after = () => {};
      await store.kvDelete('topics', 'paid');
    };
  }

  test('that dtm stored with empty parts are read', async () => {
    await store.kvPut({ category: 'topics', key: 'paid', value: `[{"url":"${FIRST}"}]` });
    await store.kvPut({ category: 'topics', key: 'none', value: 'null' });
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
    expect(await topics.subscribers('none')).toEqual([]);
  });

  test.each(['{', '{}', '[{}]', '[null]', '7'])('that hold what nobody has written are an error: %s', async (value) => {
    await store.kvPut({ category: 'topics', key: 'paid', value });
    await expect(topics.subscribers('paid')).rejects.toMatchObject({ code: 'DTX_STORE_CORRUPT' });
    await expect(topics.subscribe('paid', FIRST, '')).rejects.toMatchObject({ code: 'DTX_STORE_CORRUPT' });
    expect(await row()).toMatchObject({ value, version: 1 });
  });
});

describe('what is remembered of a topic', () => {
  test.each([
    ['a subscription', (other: TopicService) => other.subscribe('paid', SECOND, ''), [FIRST, SECOND]],
    ['a leaving', (other: TopicService) => other.unsubscribe('paid', FIRST), []],
    ['a deletion', (other: TopicService) => other.delete('paid'), undefined],
  ])('is believed for no longer than a second: %s elsewhere is seen then', async (_what, change, expected) => {
    await topics.subscribe('paid', FIRST, '');
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
    await change(new TopicService(store, clock));
    clock.advance(999);
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
    clock.advance(1);
    expect(await topics.subscribers('paid')).toEqual(expected);
  });

  test('is dropped at once by a change made here', async () => {
    expect(await topics.subscribers('paid')).toBeUndefined();
    await topics.subscribe('paid', FIRST, '');
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
    await topics.unsubscribe('paid', FIRST);
    expect(await topics.subscribers('paid')).toEqual([]);
    await topics.delete('paid');
    expect(await topics.subscribers('paid')).toBeUndefined();
  });

  test('spares the store, whatever the rate of the messages', async () => {
    await topics.subscribe('paid', FIRST, '');
    const before = reads();
    await Promise.all(Array.from({ length: 100 }, () => topics.subscribers('paid')));
    expect(reads() - before).toBe(1);
  });

  test('is not what a failing store did not say', async () => {
    await topics.subscribe('paid', FIRST, '');
    store.before = () => {
      throw new Error('gone');
    };
    await expect(topics.subscribers('paid')).rejects.toThrow('gone');
    store.before = () => {};
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
  });

  test('is bounded, however many names are asked for', async () => {
    await topics.subscribe('paid', FIRST, '');
    await topics.subscribers('paid');
    for (let index = 0; index < 1000; index += 1) await topics.subscribers(`unknown-${index}`);
    const before = reads();
    expect(await topics.subscribers('paid')).toEqual([FIRST]);
    expect(reads() - before).toBe(1);
  });
});
