import { AnswerParser } from './answer-parser';
import { MalformedAnswer } from './malformed-answer';

const OK = 'HTTP/1.1 200 OK\r\n';

function parsed(text: string): AnswerParser {
  const parser = new AnswerParser(1000);
  parser.take(Buffer.from(text, 'latin1'));
  return parser;
}

describe('an answer', () => {
  test.each([
    ['no HTTP', 'SUCCESS\r\n\r\n', /begins with "SUCCESS"/],
    ['another version', 'HTTP/2 200\r\n\r\n', /begins with "HTTP\/2 200"/],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /begins with/],
    ['a status that begins with 0', 'HTTP/1.1 020 OK\r\n\r\n', /begins with/],
    [
      'a bare line feed between headers',
      `${OK}a: 1\ncontent-length: 0\r\n\r\n`,
      /header line "a: 1\\ncontent-length: 0"/,
    ],
    ['a folded header', `${OK}a: 1\r\n content-length: 0\r\n\r\n`, /header line " content-length: 0"/],
    ['a space before the colon', `${OK}content-length : 0\r\n\r\n`, /header line "content-length : 0"/],
    ['a null character', `${OK}a: \0\r\n\r\n`, /header line/],
    ['two lengths', `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\n`, /content-length "1, 2"/],
    ['a negative length', `${OK}content-length: -1\r\n\r\n`, /content-length "-1"/],
    ['an empty length', `${OK}content-length:\r\n\r\n`, /content-length ""/],
    ['a length that no number can tell', `${OK}content-length: 9999999999999999\r\n\r\n`, /content-length/],
    ['a length and chunks', `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`, /two ways/],
    ['an encoding not asked for', `${OK}transfer-encoding: gzip, chunked\r\n\r\n`, /transfer-encoding "gzip, chunked"/],
    ['a line feed alone, its end still to come', 'HTTP/1.1 200 OK\nserver: x', /no carriage return/],
    ['the words of another protocol, its end still to come', '-ERR what?', /begins with "-ERR wh"/],
    ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x46', /begins with/],
    [
      'a chunk longer than it says, its end still to come',
      `${OK}transfer-encoding: chunked\r\n\r\n2\r\nokabc`,
      /than its size/,
    ],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', /another protocol/],
    ['a chunk without a size', `${OK}transfer-encoding: chunked\r\n\r\nSUCCESS\r\n`, /no size/],
    ['a chunk of a negative size', `${OK}transfer-encoding: chunked\r\n\r\n-1\r\n`, /no size/],
    ['a chunk longer than it says', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nabc\r\n`, /longer than its size/],
    ['a head without an end', `${OK}a: ${'x'.repeat(17_000)}`, /head is longer than 16384/],
    ['a head that is too long', `${OK}a: ${'x'.repeat(17_000)}\r\n\r\n`, /head is longer than 16384/],
    ['a chunk line without an end', `${OK}transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(2000)}`, /longer than 1024/],
    [
      'trailers without an end',
      `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${`a: ${'x'.repeat(900)}\r\n`.repeat(20)}`,
      /longer than 16384/,
    ],
  ])('with %s is refused', (_what, text, reason) => {
    expect(() => parsed(text)).toThrow(MalformedAnswer);
    expect(() => parsed(text)).toThrow(reason);
  });

  test.each([
    ['without words behind the status', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'],
    ['with words beyond ASCII', 'HTTP/1.1 200 gr\xfcn\r\ncontent-length: 2\r\n\r\nok', 'ok'],
    ['with the same length twice', `${OK}content-length: 2\r\nCONTENT-LENGTH: 2\r\n\r\nok`, 'ok'],
    ['with spaces around the length', `${OK}Content-Length:  \t2 \r\n\r\nok`, 'ok'],
    ['with empty headers', `${OK}x-empty:\r\ncontent-length: 0\r\n\r\n`, ''],
    ['in chunks', `${OK}transfer-encoding: chunked\r\n\r\n1\r\no\r\n1 ;x\r\nk\r\n00\r\n\r\n`, 'ok'],
    [
      'in chunks with sizes of many digits',
      `${OK}transfer-encoding: chunked\r\n\r\n000000000002\r\nok\r\n0\r\n\r\n`,
      'ok',
    ],
    [
      'in chunks that are told twice',
      `${OK}transfer-encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '',
    ],
    ['in chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 'ok'],
    ['behind line breaks', `\r\n\r\n${OK}content-length: 2\r\n\r\nok`, 'ok'],
    ['behind another that came early', `HTTP/1.1 103 Early Hints\r\n\r\n${OK}content-length: 2\r\n\r\nok`, 'ok'],
    ['204 with a length, which never has a body', 'HTTP/1.1 204 Empty\r\ncontent-length: 5\r\n\r\n', ''],
  ])('%s is read', (_what, text, body) => {
    const parser = parsed(text);
    expect(parser.isComplete).toBe(true);
    expect(parser.body()).toBe(body);
  });

  test.each([
    ['', 4000],
    ['connection: close\r\n', 0],
    ['Connection: x, Close\r\n', 0],
    ['keep-alive: timeout=5\r\n', 3000],
    ['Keep-Alive: max=3, timeout=72\r\n', 70_000],
    ['keep-alive: timeout=1\r\n', 0],
    ['keep-alive: timeout=99999\r\n', 600_000],
    ['keep-alive: for ever\r\n', 4000],
  ])('with "%s" lets the connection be used for %i ms more', (headers, ms) => {
    expect(parsed(`${OK}${headers}content-length: 0\r\n\r\n`).keepAliveMs).toBe(ms);
  });

  test.each([
    ['204 that announces a body', 'HTTP/1.1 204 Empty\r\ncontent-length: 4\r\n\r\n'],
    ['204 that announces chunks', 'HTTP/1.1 204 Empty\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['chunks told twice', `${OK}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('with an end that not everybody sees at the same place ends the connection: %s', (_what, text) => {
    const parser = parsed(text);
    expect(parser.isComplete).toBe(true);
    expect(parser.keepAliveMs).toBe(0);
  });

  test.each(['HTTP/1.1 204 Empty\r\n\r\n', 'HTTP/1.1 304 Same\r\ncontent-length: 4\r\n\r\n'])(
    'without a body leaves the connection as it is: %j',
    (text) => expect(parsed(text).keepAliveMs).toBe(4000),
  );

  test('of HTTP/1.0 ends the connection unless it says otherwise', () => {
    const old = 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n';
    expect(parsed(`${old}\r\n`).keepAliveMs).toBe(0);
    expect(parsed(`${old}connection: Keep-Alive\r\n\r\n`).keepAliveMs).toBe(4000);
  });
});
