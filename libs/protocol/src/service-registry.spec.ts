import fc from 'fast-check';
import { handlerPath, parseServiceUrl, serviceUrl } from './service-registry';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

describe('handlerPath', () => {
  const handlers = {
    transfer: { action: '/transfer', compensate: null },
    shipped: { action: '/ship', on_complete: '/shipped' },
    silent: { on_complete: null, action: '/silent' },
  };

  it.each([
    ['transfer', 'action', '/transfer'],
    ['transfer', 'compensate', null],
    ['transfer', 'confirm', undefined],
    ['transfer', 'toString', undefined],
    ['toString', 'action', undefined],
    ['transfer', 'on_complete', '/transfer'],
    ['shipped', 'on_complete', '/shipped'],
    ['silent', 'on_complete', null],
    ['unknown', 'on_complete', undefined],
  ])('of %s for %s is %p', (handler, op, path) => {
    expect(handlerPath({ handlers }, handler, op)).toBe(path);
  });
});

describe('parseServiceUrl', () => {
  it('finds service and handler again', () => {
    fc.assert(
      fc.property(name, name, (service, handler) => {
        expect(parseServiceUrl(serviceUrl(`${service}/${handler}`))).toEqual({ service, handler });
      }),
    );
  });

  it.each([
    '',
    'http://bank-a/withdraw',
    'svc:/bank-a/withdraw',
    'SVC://bank-a/withdraw',
    'svc://',
    'svc://bank-a',
    'svc://bank-a/',
    'svc:///withdraw',
    'svc://bank-a/withdraw/',
    'svc://bank-a/with/draw',
    'svc://bank-a/withdraw?x=1',
    'svc://bank a/withdraw',
    'svc://-bank/withdraw',
    'svc://../withdraw',
    'svc://bank-a/withdraw\n',
    `svc://${'b'.repeat(65)}/withdraw`,
  ])('refuses %j', (url) => {
    expect(parseServiceUrl(url)).toBeUndefined();
  });
});
