import { baseUrlOf } from './base-url';

const at = (address: string) => baseUrlOf({ address: () => ({ address, port: 80, family: '' }) });

describe('the base URL of a server', () => {
  it('is its address', () => {
    expect(at('10.0.0.7')).toBe('http://10.0.0.7:80');
    expect(at('::1')).toBe('http://[::1]:80');
  });

  it('is one of the machine’s addresses when it listens on all of them', () => {
    for (const all of ['0.0.0.0', '::']) {
      expect(at(all)).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:80$/);
      expect(at(all)).not.toContain('0.0.0.0');
    }
  });

  it('has the scheme of its server', () => {
    const secure = { address: () => ({ address: '10.0.0.7', port: 443, family: '' }), setSecureContext: () => {} };
    expect(baseUrlOf(secure)).toBe('https://10.0.0.7:443');
  });

  it('does not exist for a pipe or before it listens', () => {
    expect(baseUrlOf({ address: () => '/run/bank.sock' })).toBeUndefined();
    expect(baseUrlOf({ address: () => null })).toBeUndefined();
  });
});
