import { Cleanup } from '../support/cleanup';
import { get, send } from '../support/http';
import { Flow } from './flow';

describe('the routes of the coordinator', () => {
  const cleanup = new Cleanup();
  let flow: Flow;

  beforeAll(async () => {
    flow = await Flow.start(cleanup);
  });

  afterAll(() => cleanup.run());

  test.each([
    ['GET', '/'],
    ['GET', '/api'],
    ['GET', '/api/dtmsvr'],
    ['GET', '/api/dtmsvr/nothing'],
    ['GET', '/api/dtmsvr/submit'],
    ['POST', '/api/dtmsvr/newGid'],
    ['DELETE', '/api/dtmsvr/query'],
    ['PUT', '/api/dtmsvr/submit'],
    ['GET', '/api/dtmsvr/SUBMIT'],
    ['GET', '/FAILURE'],
  ])('answer %s %s as unknown', async (method, path) => {
    const reply = await send(method, flow.api.url + path);
    expect(reply).toMatchObject({ status: 404, text: '404 page not found' });
    expect(reply.headers['content-type']).toMatch(/^text\/plain/);
  });

  test.each(['/api/dtmsvr/newGid/', '//api//dtmsvr//newGid', '/api/dtmsvr//newGid', '/api/dtmsvr//newGid//'])(
    'take %s for /api/dtmsvr/newGid',
    async (path) => {
      expect(await get(flow.api.url + path)).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
    },
  );

  test.each(['/api/dtmsvr/submit/', '/api/dtmsvr//submit'])('take POST %s for a submit', async (path) => {
    const saga = flow.saga('slashes');
    const body = JSON.stringify(saga.body({ wait_result: true }));
    expect((await send('POST', flow.api.url + path, { body })).status).toBe(200);
    expect(await saga.state()).toMatchObject({ status: 'succeed' });
  });

  test.each(['GET', 'POST', 'PUT', 'DELETE'])('answer a ping by %s', async (method) => {
    expect(await send(method, `${flow.api.url}/api/ping`)).toMatchObject({ status: 200, json: { msg: 'pong' } });
  });

  test.each(['live', 'ready'])('tell that the coordinator is %s', async (probe) => {
    expect(await get(`${flow.api.url}/api/v2/health/${probe}`)).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  test('answer unknown paths below /api/v2 in the manner of that API', async () => {
    expect((await get(`${flow.api.url}/api/v2/nothing`)).status).toBe(404);
  });

  test('answer in JSON', async () => {
    for (const path of ['version', 'newGid', 'query?gid=x', 'all', 'resetCronTime']) {
      const reply = await flow.api.get(path);
      expect([path, reply.status, reply.headers['content-type']]).toEqual([
        path,
        200,
        'application/json; charset=utf-8',
      ]);
    }
  });
});
