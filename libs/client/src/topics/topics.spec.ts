import { failure, script } from '../client-fixture.spec-helper';
import { OK, type Scripted } from '../scripted-coordinator.spec-helper';

const refused = (message: string): Scripted => ({ status: 500, body: { message } });

describe('topics', () => {
  it('are changed in the forms that every coordinator knows', async () => {
    const { server, client } = await script({
      '/subscribe': [OK],
      '/unsubscribe': [OK],
      '/topic/order%20paid%2F1': [OK],
    });
    expect(await client.topics.subscribe('order paid', 'http://points/award?a=b&c', 'bonus & more')).toBe(true);
    expect(await client.topics.subscribe('order paid', 'points/award')).toBe(true);
    expect(await client.topics.unsubscribe('order paid', 'points/award')).toBe(true);
    expect(await client.topics.delete('order paid/1')).toBe(true);
    const requests = server.received.map(({ method, url }) => {
      const { pathname, searchParams } = new URL(url, 'http://tm');
      return [method, pathname, Object.fromEntries(searchParams)];
    });
    expect(requests).toEqual([
      [
        'GET',
        '/api/dtmsvr/subscribe',
        { topic: 'order paid', url: 'http://points/award?a=b&c', remark: 'bonus & more' },
      ],
      ['GET', '/api/dtmsvr/subscribe', { topic: 'order paid', url: 'svc://points/award', remark: '' }],
      ['GET', '/api/dtmsvr/unsubscribe', { topic: 'order paid', url: 'svc://points/award' }],
      ['DELETE', '/api/dtmsvr/topic/order%20paid%2F1', {}],
    ]);
  });

  it.each(['no such a topic', 'this topic is empty', 'no such an url '])(
    'tell when there was nothing to change: %s',
    async (text) => {
      const { client } = await script({
        '/subscribe': [refused('this url exists')],
        '/unsubscribe': [refused(text)],
        '/topic/t': [refused('storage: NotFound')],
      });
      expect(await client.topics.subscribe('t', 'points/award')).toBe(false);
      expect(await client.topics.unsubscribe('t', 'points/award')).toBe(false);
      expect(await client.topics.delete('t')).toBe(false);
    },
  );

  it('count as changed when the answer to the change was lost', async () => {
    const { client } = await script({ '/subscribe': ['reset', refused('this url exists')] });
    expect(await client.topics.subscribe('t', 'points/award')).toBe(true);
  });

  it('repeat what the coordinator says otherwise', async () => {
    const { client } = await script({ '/subscribe': [refused('storage: NotFound')], '/unsubscribe': ['reset'] });
    expect(await failure(client.topics.subscribe('t', 'points/award'))).toMatchObject({
      code: 'DTX_COORDINATOR_REFUSED',
      message: 'the coordinator refused (status 500): storage: NotFound',
    });
    expect(await failure(client.topics.unsubscribe('t', 'points/award'))).toMatchObject({
      code: 'DTX_COORDINATOR_UNREACHABLE',
    });
  });

  it('need a name and a place', async () => {
    const { server, client } = await script({});
    for (const call of [
      () => client.topics.subscribe('', 'points/award'),
      () => client.topics.unsubscribe('t', 'award'),
      () => client.topics.delete(''),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'DTX_INVALID_REQUEST' });
    }
    expect(server.received).toHaveLength(0);
  });
});
