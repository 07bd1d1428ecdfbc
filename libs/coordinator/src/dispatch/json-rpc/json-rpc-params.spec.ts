import fc from 'fast-check';
import type { DispatchRequest } from '../dispatch';
import { paramsOf, paramsProblem } from './json-rpc-params';

const OURS = { gid: 'g "1"', trans_type: 'msg', branch_id: '02', op: 'action' };

function request(payload: string): DispatchRequest {
  const call = { branchId: '02', op: 'action', url: 'http://a/?method=x', payload: Buffer.from(payload) };
  return { call, gid: OURS.gid, transType: 'msg', protocol: 'json-rpc', headers: undefined, timeoutMs: 1000 };
}

describe('the parameters of a JSON-RPC call', () => {
  test.each([
    ['{"amount":30}', '{"amount":30,'],
    [' { "amount" : 30.10 } \n', ' { "amount" : 30.10 ,'],
    ['{"id":12345678901234567890}', '{"id":12345678901234567890,'],
    ['{"a":{"gid":"inner"}}', '{"a":{"gid":"inner"},'],
    ['{"text":"}"}', '{"text":"}",'],
    ['{"__proto__":1}', '{"__proto__":1,'],
  ])('keep the text of %s', (payload, head) => {
    expect(paramsOf(request(payload))).toBe(head + JSON.stringify(OURS).slice(1));
  });

  test.each(['', ' \n', '{}', ' { } ', 'null'])('are those of the transaction alone for %j', (payload) => {
    expect(paramsOf(request(payload))).toBe(JSON.stringify(OURS));
    expect(paramsProblem(Buffer.from(payload))).toBeUndefined();
  });

  test('say what the transaction says, whatever the payload claims, and each once', () => {
    const text = paramsOf(request('{"gid":"other","amount":30,"op":"x"}'))!;
    expect(JSON.parse(text)).toEqual({ ...OURS, amount: 30 });
    expect(text.match(/"gid"/g)).toHaveLength(1);
  });

  test.each(['[]', '[{"a":1}]', '7', '"text"', 'true', '{', '{"a":1} x', 'amount=30'])('cannot be %s', (payload) => {
    expect(paramsOf(request(payload))).toBeUndefined();
    expect(paramsProblem(Buffer.from(payload))).toBe('must be a JSON object, as it is called by JSON-RPC');
  });

  test('are the payload and the fields of the transaction, whatever the payload', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        const text = JSON.stringify(payload);
        expect(JSON.parse(paramsOf(request(text))!)).toEqual({ ...(JSON.parse(text) as object), ...OURS });
      }),
    );
  });
});
