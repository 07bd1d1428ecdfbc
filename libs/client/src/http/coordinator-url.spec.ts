import { parseCoordinatorUrl } from './coordinator-url';

describe('parseCoordinatorUrl', () => {
  it.each([
    'http://tm:36789',
    'http://tm:36789/',
    'http://tm:36789/api/dtmsvr',
    'http://tm:36789/api/dtmsvr/',
    'http://tm:36789//api//dtmsvr//',
  ])('finds the API from %s', (text) => {
    expect(parseCoordinatorUrl(text)).toEqual({
      origin: 'http://tm:36789',
      basePath: '/api/dtmsvr',
      v2Path: '/api/v2',
    });
  });

  it('keeps the prefix of a gateway', () => {
    const expected = { origin: 'https://gateway', basePath: '/tm/api/dtmsvr', v2Path: '/tm/api/v2' };
    expect(parseCoordinatorUrl('https://gateway/tm/')).toEqual(expected);
    expect(parseCoordinatorUrl('https://gateway/tm/api/dtmsvr')).toEqual(expected);
  });

  it.each([
    ['', 'is no http or https URL'],
    ['localhost:36789', 'is no http or https URL'],
    ['ftp://tm', 'is no http or https URL'],
    ['http://tm/?a=b', 'must not have a query or a fragment'],
    ['http://tm/#a', 'must not have a query or a fragment'],
  ])('refuses %j: it %s', (text, problem) => {
    expect(() => parseCoordinatorUrl(text)).toThrow(
      expect.objectContaining({ code: 'DTX_INVALID_CONFIG', message: expect.stringContaining(problem) as string }),
    );
  });

  it('refuses credentials without repeating them', () => {
    const refused = () => parseCoordinatorUrl('http://admin:secret@tm:36789/');
    expect(refused).toThrow("coordinator 'http://…@tm:36789' must not hold credentials");
    expect(refused).not.toThrow('secret');
  });
});
