/** A request body that must be refused, and the field that the refusal has to name. */
export interface BadInput {
  readonly name: string;
  readonly body: string;
  readonly field: string;
}

const STEP = { action: 'http://127.0.0.1:1/a', compensate: 'http://127.0.0.1:1/b' };

const GOOD = { gid: 'bad', trans_type: 'saga', steps: [STEP], payloads: ['{}'] };

const ANNOUNCEMENT = {
  service: 'bank',
  instance: 'one',
  url: 'http://127.0.0.1:1',
  handlers: { withdraw: { action: '/withdraw', compensate: null } },
  ttl: 30,
};

/** A good body with one thing wrong. Values hold the result words, which no refusal may repeat. */
const saga = (name: string, field: string, changes: Readonly<Record<string, unknown>>): BadInput => ({
  name,
  field,
  body: JSON.stringify({ ...GOOD, ...changes }),
});

const announcement = (name: string, field: string, changes: Readonly<Record<string, unknown>>): BadInput => ({
  name,
  field,
  body: JSON.stringify({ ...ANNOUNCEMENT, ...changes }),
});

const withStep = (changes: Readonly<Record<string, unknown>>) => ({ steps: [{ ...STEP, ...changes }] });
const MESSAGE = { trans_type: 'msg', query_prepared: 'http://busi.invalid/check' };
const withHeaders = (headers: unknown) => ({ branch_headers: headers });

/** Bodies of `prepare` and `submit`. */
export const BAD_REQUESTS: readonly BadInput[] = [
  { name: 'malformed JSON', body: '{"gid": "FAILURE', field: 'body' },
  { name: 'text', body: 'ONGOING FAILURE', field: 'body' },
  { name: 'a JSON string', body: '"FAILURE"', field: 'body' },
  { name: 'a JSON array', body: '["FAILURE"]', field: 'body' },
  { name: 'a JSON number', body: '17', field: 'body' },
  { name: 'an empty body', body: '', field: 'gid' },
  { name: 'null', body: 'null', field: 'gid' },
  { name: 'an empty object', body: '{}', field: 'gid' },
  { name: 'deeply nested JSON', body: '['.repeat(50_000), field: 'body' },
  saga('no gid', 'gid', { gid: undefined }),
  saga('an empty gid', 'gid', { gid: '' }),
  saga('a gid that is a number', 'gid', { gid: 17 }),
  saga('a gid of 10,000 characters', 'gid', { gid: 'FAILURE'.repeat(1429) }),
  saga('a gid with NUL', 'gid', { gid: 'FAILURE\0' }),
  saga('a gid with a line break', 'gid', { gid: 'ONGOING\r\nx' }),
  saga('a gid with a semicolon', 'gid', { gid: 'FAILURE;drop' }),
  saga('a gid with half a surrogate pair', 'gid', { gid: 'ONGOING\ud800' }),
  saga('no trans_type', 'trans_type', { trans_type: undefined }),
  saga('an unknown trans_type', 'trans_type', { trans_type: 'FAILURE' }),
  saga('a trans_type that is no string', 'trans_type', { trans_type: ['ONGOING'] }),
  saga('an unknown protocol', 'protocol', { protocol: 'FAILURE' }),
  saga('steps that are no array', 'steps', { steps: { FAILURE: 1 } }),
  saga('a step that is no object', 'steps[0]', { steps: ['FAILURE'] }),
  saga('an action that is no string', 'steps[0].action', withStep({ action: 17 })),
  saga('an action that is no URL', 'steps[0].action', withStep({ action: 'FAILURE' })),
  saga('an action without a scheme', 'steps[0].action', withStep({ action: '//ONGOING/x' })),
  saga('an action of an unknown scheme', 'steps[0].action', withStep({ action: 'ftp://FAILURE/x' })),
  saga('an action without a host', 'steps[0].action', withStep({ action: 'http://' })),
  saga('an action without a handler', 'steps[0].action', withStep({ action: 'svc://FAILURE' })),
  saga('a compensation that is no URL', 'steps[0].compensate', withStep({ compensate: 'undo FAILURE' })),
  saga('an action longer than any URL', 'steps[0].action', withStep({ action: `http://a/${'FAILURE'.repeat(2000)}` })),
  saga('fewer payloads than steps', 'payloads', { steps: [STEP, STEP] }),
  saga('no payloads', 'payloads', { payloads: undefined }),
  saga('a payload that is no string', 'payloads[0]', { payloads: [{ FAILURE: 1 }] }),
  saga('a payload larger than the limit', 'payloads[0]', { payloads: ['FAILURE!'.repeat(150_000)] }),
  saga('too many steps', 'steps', { steps: Array(1001).fill(STEP), payloads: Array(1001).fill('') }),
  saga('a wait_result that is no boolean', 'wait_result', { wait_result: 'FAILURE' }),
  saga('a timeout_to_fail that is no number', 'timeout_to_fail', { timeout_to_fail: 'ONGOING' }),
  saga('a negative retry_interval', 'retry_interval', { retry_interval: -1 }),
  saga('a fraction as retry_limit', 'retry_limit', { retry_limit: 1.5 }),
  saga('a request_timeout beyond all numbers', 'request_timeout', { request_timeout: 1e300 }),
  saga('headers that are no object', 'branch_headers', withHeaders(['FAILURE'])),
  saga('a header value that is no string', 'branch_headers', withHeaders({ 'x-ONGOING': 1 })),
  saga('a header name that is none', 'branch_headers', withHeaders({ 'FAILURE ': 'x' })),
  saga('a header value with a line break', 'branch_headers', withHeaders({ x: 'FAILURE\r\nx-evil: 1' })),
  saga('a header of the connection', 'branch_headers', withHeaders({ 'Content-Length': '0' })),
  saga('custom_data that is no string', 'custom_data', { custom_data: { FAILURE: 1 } }),
  saga('custom_data that is no JSON', 'custom_data', { custom_data: 'FAILURE' }),
  saga('orders for a step that is not there', 'custom_data', { custom_data: '{"concurrent":true,"orders":{"7":[0]}}' }),
  saga('a negative max_attempts', 'max_attempts', { max_attempts: -1 }),
  saga('a message with a delay that is no number', 'custom_data', { ...MESSAGE, custom_data: '{"delay":"FAILURE"}' }),
  saga('a message to a subscriber without a host', 'steps[0].action', {
    ...MESSAGE,
    ...withStep({ action: 'http://' }),
  }),
  saga('a message with a check-back that is no URL', 'query_prepared', { ...MESSAGE, query_prepared: 'FAILURE' }),
  saga('orders in a circle', 'custom_data', { custom_data: '{"concurrent":true,"orders":{"0":[0]}}' }),
];

/** Bodies of `POST /api/v2/services`. */
export const BAD_ANNOUNCEMENTS: readonly BadInput[] = [
  { name: 'malformed JSON', body: '{', field: 'body' },
  { name: 'an array', body: '[]', field: 'body' },
  announcement('no service', 'service', { service: undefined }),
  announcement('a service name with a slash', 'service', { service: 'a/b' }),
  announcement('an instance that is no string', 'instance', { instance: 1 }),
  announcement('a url that is none', 'url', { url: 'FAILURE' }),
  announcement('a url with a trailing slash', 'url', { url: 'http://127.0.0.1:1/' }),
  announcement('handlers that are no object', 'handlers', { handlers: [] }),
  announcement('a path without a slash', 'handlers', { handlers: { withdraw: { action: 'withdraw' } } }),
  announcement('a ttl of zero', 'ttl', { ttl: 0 }),
  announcement('a ttl that is no number', 'ttl', { ttl: '30' }),
];
