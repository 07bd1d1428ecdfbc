import { CallTargets } from './call-target';

describe('the target of a branch URL', () => {
  const targets = new CallTargets();

  test.each([
    ['http://bank:8080/out', 'http://bank:8080', '/out?'],
    ['http://bank:8080', 'http://bank:8080', '/?'],
    ['http://bank/out?', 'http://bank', '/out?'],
    ['http://bank/out?a=1', 'http://bank', '/out?a=1&'],
    ['http://bank/out?a=1&b=%20x', 'http://bank', '/out?a=1&b=%20x&'],
    ['https://bank/out', 'https://bank', '/out?'],
    ['HTTP://Bank/Out', 'http://bank', '/Out?'],
    ['http://bank:80/out', 'http://bank', '/out?'],
    ['http://[::1]:8080/out#part', 'http://[::1]:8080', '/out?'],
    ['http://bank/ä', 'http://bank', '/%C3%A4?'],
  ])('%s is the origin %s and the path %s', (url, origin, pathAndJoiner) => {
    expect(targets.of(url)).toEqual({ origin, path: pathAndJoiner.slice(0, -1), pathAndJoiner });
    expect(targets.of(url)).toBe(targets.of(url));
  });

  test.each(['', 'bank/out', '//bank/out', 'http://', 'ftp://bank/out', 'svc://bank/out', 'localhost:80/out'])(
    '%p is none',
    (url) => {
      expect(targets.of(url)).toBeUndefined();
    },
  );

  test('is remembered for the last few thousand URLs and not for all', () => {
    const first = targets.of('http://bank/first');
    for (let id = 0; id < 5000; id += 1) targets.of(`http://bank/${id}`);
    expect(targets.of('http://bank/first')).toEqual(first);
    expect(targets.of('http://bank/first')).not.toBe(first);
  });
});
