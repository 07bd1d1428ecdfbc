import { apiOf, RequestMetrics } from './request-metrics';

describe('the api label of a request', () => {
  test.each([
    ['/api/dtmsvr/newGid', 'newgid'],
    ['/api/dtmsvr/topic/:topic', 'topic'],
    ['/api/v2/services/:service/:instance', 'services'],
    ['/api/json-rpc', 'json-rpc'],
    ['/api/dtmsvr/submit/', 'submit'],
    ['/:any', 'unknown'],
    ['/*', 'unknown'],
    ['/', 'unknown'],
    ['', 'unknown'],
  ])('of %j is %s', (template, api) => {
    expect(apiOf(template)).toBe(api);
  });
});

describe('the counters of requests', () => {
  test('count by status, and one route under one name', () => {
    const requests = new RequestMetrics();
    for (const status of [200, 204, 399]) requests.route('submit').record(status, 0.1);
    for (const status of [400, 409, 500]) requests.route('submit').record(status, 0.1);
    const [total, duration] = requests.metrics;
    expect(total!.samples()).toEqual([
      { labels: { type: 'http', api: 'submit', status: 'ok' }, value: 3 },
      { labels: { type: 'http', api: 'submit', status: 'fail' }, value: 3 },
    ]);
    expect(duration!.samples().at(-1)).toEqual({
      metricName: 'dtm_server_response_duration_count',
      labels: { type: 'http', api: 'submit' },
      value: 6,
    });
  });
});
