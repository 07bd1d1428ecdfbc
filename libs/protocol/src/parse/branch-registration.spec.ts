import { DEFAULT_LIMITS } from '../limits';
import { parseBranchRegistration } from './branch-registration';

const BASE = { gid: 'order-7781', branch_id: '01', data: '{"sku":9}' };

const parse = (fields: Record<string, string | null>, limits = DEFAULT_LIMITS) =>
  parseBranchRegistration({ ...BASE, ...fields }, limits);
const rows = (fields: Record<string, string | null>) =>
  parse(fields).branches.map(({ op, url, status, payload }) => [op, url, status, Buffer.from(payload).toString()]);

describe('parseBranchRegistration (spec 2.8)', () => {
  it('adds cancel and then confirm for tcc, both with the data', () => {
    expect(rows({ trans_type: 'tcc', confirm: 'http://stock/confirm', cancel: 'http://stock/cancel' })).toEqual([
      ['cancel', 'http://stock/cancel', 'prepared', '{"sku":9}'],
      ['confirm', 'http://stock/confirm', 'prepared', '{"sku":9}'],
    ]);
  });

  it('adds rollback and then commit for xa, with the same URL', () => {
    expect(rows({ trans_type: 'xa', url: 'http://acct/xa', data: null })).toEqual([
      ['rollback', 'http://acct/xa', 'prepared', ''],
      ['commit', 'http://acct/xa', 'prepared', ''],
    ]);
  });

  it.each(['op', 'branch_type'])('adds what a workflow has done, its operation in %s', (key) => {
    expect(rows({ trans_type: 'workflow', [key]: 'action', status: 'succeed' })).toEqual([
      ['action', '', 'succeed', '{"sku":9}'],
    ]);
  });

  it('keeps the bytes of the text, as they are (Q30)', () => {
    const [branch] = parse({ trans_type: 'workflow', op: 'action', status: 'failed', data: '\u00e4\ufffd' }).branches;
    expect(branch).toMatchObject({ branchId: '01', status: 'failed', payload: Buffer.from('\u00e4\ufffd', 'utf8') });
  });

  it('tolerates what SDKs send along, and takes null for nothing', () => {
    const sent = {
      trans_type: 'tcc',
      confirm: null,
      cancel: null,
      try: 'http://a',
      subType: 'x',
      sync: '1',
      status: 'y',
    };
    expect(rows(sent).map(([op, url]) => [op, url])).toEqual([
      ['cancel', ''],
      ['confirm', ''],
    ]);
  });

  it.each([
    [{ gid: '' }, 'gid'],
    [{ gid: 'a;b' }, 'gid'],
    [{ branch_id: '' }, 'branch_id'],
    [{ branch_id: 'x'.repeat(129) }, 'branch_id'],
    [{ branch_id: '0\n1' }, 'branch_id'],
    [{ trans_type: 'saga' }, 'trans_type'],
    [{ trans_type: '' }, 'trans_type'],
    [{ trans_type: 'tcc', confirm: 'http://a\n' }, 'confirm'],
    [{ trans_type: 'tcc', cancel: 'x'.repeat(8193) }, 'cancel'],
    [{ trans_type: 'xa', url: '\0' }, 'url'],
    [{ trans_type: 'workflow', status: 'succeed' }, 'op'],
    [{ trans_type: 'workflow', status: 'succeed', op: 'x'.repeat(46) }, 'op'],
    [{ trans_type: 'workflow', op: 'action' }, 'status'],
    [{ trans_type: 'workflow', op: 'action', status: 'prepared' }, 'status'],
  ])('refuses %j and names %s', (fields, field) => {
    expect(() => parse({ trans_type: 'tcc', ...fields })).toThrow(
      expect.objectContaining({ code: 'DTX_INVALID_REQUEST', field }),
    );
  });

  it('refuses data above the limit, and begins its text on an unknown type as the protocol does', () => {
    expect(() => parse({ trans_type: 'tcc' }, { ...DEFAULT_LIMITS, payloadBytes: 8 })).toThrow(
      'data must not be larger',
    );
    expect(() => parse({ trans_type: 'other' })).toThrow('unknow trans type');
  });
});
