import { envelopePayload, envelopePayloadProblem, isMessageEnvelope } from './message-envelope';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('an envelope', () => {
  it.each([
    ['', null],
    [' ', null],
    ['null', null],
    ['{"amount":30}', { amount: 30 }],
    ['[1]', [1]],
    ['"grüße"', 'grüße'],
  ])('holds the payload %j as %j', (text, payload) => {
    expect(envelopePayloadProblem(bytes(text))).toBeUndefined();
    expect(envelopePayload(bytes(text))).toEqual(payload);
  });

  it.each([bytes('{'), bytes('a=1'), new Uint8Array([0xff, 0xfe])])('does not hold %p', (payload) => {
    expect(envelopePayloadProblem(payload)).toBe('must be JSON, as it is sent in a message');
  });

  it('is told from other messages', () => {
    const envelope = { dtx: 1, gid: 'g', trans_type: 'saga', branch_id: '01', op: 'action', payload: null };
    expect(isMessageEnvelope(envelope)).toBe(true);
    expect(isMessageEnvelope({ ...envelope, dtx: 2, more: true })).toBe(true);
    const { payload: _payload, ...withoutPayload } = envelope;
    for (const other of [null, undefined, 'text', [], {}, { ...envelope, dtx: '1' }, withoutPayload]) {
      expect(isMessageEnvelope(other)).toBe(false);
    }
  });
});
