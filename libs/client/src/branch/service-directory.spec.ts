import { ServiceDirectory, type ListedService } from './service-directory';

const instance = (url: string, more: Partial<ListedService> = {}): ListedService => ({
  service: 'bank',
  url,
  live: true,
  handlers: { freeze: { try: '/freeze', confirm: '/confirm', cancel: null } },
  ...more,
});

describe('ServiceDirectory', () => {
  it('leaves URLs alone without asking', async () => {
    const directory = new ServiceDirectory(() => Promise.reject(new Error('must not be asked')));
    expect(await directory.candidates('http://bank/x', ['try'])).toEqual(['http://bank/x']);
    expect(await directory.candidates('', ['try'])).toEqual(['']);
  });

  it('names every live instance of the service, beginning with another one each time', async () => {
    const list = [
      instance('http://one'),
      instance('http://dead', { live: false }),
      instance('http://other', { service: 'stock' }),
      instance('http://two'),
    ];
    const directory = new ServiceDirectory(async () => list);
    expect(await directory.candidates('svc://bank/freeze', ['try'])).toEqual([
      'http://one/freeze',
      'http://two/freeze',
    ]);
    expect(await directory.candidates('svc://bank/freeze', ['try'])).toEqual([
      'http://two/freeze',
      'http://one/freeze',
    ]);
  });

  it('takes the first op that the handler is announced for', async () => {
    const directory = new ServiceDirectory(async () => [instance('http://one')]);
    expect(await directory.candidates('svc://bank/freeze', ['action', 'try'])).toEqual(['http://one/freeze']);
    expect(await directory.candidates('svc://bank/freeze', ['rollback', 'cancel', 'try'])).toEqual(['']);
  });

  it('knows ops that need no call', async () => {
    const directory = new ServiceDirectory(async () => [instance('http://one')]);
    expect(await directory.candidates('svc://bank/freeze', ['cancel'])).toEqual(['']);
  });

  it.each([
    ['svc://bank', 'try', 'svc://bank: is not of the form svc://service/handler'],
    ['svc://nobody/freeze', 'try', 'svc://nobody/freeze: service nobody has no live instance'],
    ['svc://bank/freeze', 'action', 'svc://bank/freeze: service bank has no handler freeze for action'],
    ['svc://bank/toString', 'try', 'svc://bank/toString: service bank has no handler toString for try'],
  ])('tells that %s leads nowhere for %s', async (url, op, message) => {
    const directory = new ServiceDirectory(async () => [instance('http://one')]);
    await expect(directory.candidates(url, [op])).rejects.toMatchObject({ code: 'DTX_BRANCH_CALL', url, message });
  });

  it('asks once for calls at the same time, and not again while the list is fresh', async () => {
    let asked = 0;
    const directory = new ServiceDirectory(async () => {
      asked += 1;
      return [instance('http://one')];
    });
    await Promise.all([1, 2, 3].map(() => directory.candidates('svc://bank/freeze', ['try'])));
    await directory.candidates('svc://bank/freeze', ['confirm']);
    expect(asked).toBe(1);
  });

  it('asks again after it could not ask', async () => {
    const answers = [Promise.reject(new Error('no coordinator')), Promise.resolve([instance('http://one')])];
    const directory = new ServiceDirectory(() => answers.shift()!);
    await expect(directory.candidates('svc://bank/freeze', ['try'])).rejects.toThrow('no coordinator');
    expect(await directory.candidates('svc://bank/freeze', ['try'])).toEqual(['http://one/freeze']);
  });
});
