import { branchInfoFrom } from './branch-info';

const QUERY = { trans_type: 'saga', gid: 'g1', branch_id: '01', op: 'action' };

describe('branchInfoFrom', () => {
  it('reads the query of a call by the coordinator', () => {
    expect(branchInfoFrom({ ...QUERY, page: '3' })).toEqual({
      transType: 'saga',
      gid: 'g1',
      branchId: '01',
      op: 'action',
    });
  });

  it('reads what initiators add', () => {
    const query = { ...QUERY, dtm: 'http://tm:36789/api/dtmsvr', phase2_url: 'http://stock/xa' };
    expect(branchInfoFrom(query)).toMatchObject({ dtm: query.dtm, phase2Url: query.phase2_url });
  });

  it('reads the headers of a gRPC call', () => {
    const headers = {
      'content-type': 'application/grpc',
      'dtm-trans_type': 'tcc',
      'dtm-gid': 'g2',
      'dtm-branch_id': '0102',
      'dtm-op': 'try',
      'dtm-dtm': 'tm:36790',
    };
    expect(branchInfoFrom(headers)).toEqual({
      transType: 'tcc',
      gid: 'g2',
      branchId: '0102',
      op: 'try',
      dtm: 'tm:36790',
    });
  });

  it('takes branch_type for op, as old initiators send it, but not over op', () => {
    const { op: _, ...withoutOp } = QUERY;
    expect(branchInfoFrom({ ...withoutOp, branch_type: 'try' }).op).toBe('try');
    expect(branchInfoFrom({ ...QUERY, op: '', branch_type: 'try' }).op).toBe('try');
    expect(branchInfoFrom({ ...QUERY, branch_type: 'try' }).op).toBe('action');
  });

  it('believes what the coordinator appended, not what stood in the branch URL before', () => {
    expect(branchInfoFrom({ ...QUERY, op: ['transfer', 'action'] }).op).toBe('action');
  });

  it.each([
    ['trans_type', 'transType'],
    ['gid', 'gid'],
    ['branch_id', 'branchId'],
    ['op', 'op'],
  ])('refuses a request without %s', (parameter, field) => {
    for (const missing of [undefined, '', [], { nested: 'x' }]) {
      expect(() => branchInfoFrom({ ...QUERY, [parameter]: missing })).toThrow(
        expect.objectContaining({ name: 'BarrierInfoError', code: 'DTX_BARRIER_INFO', field }),
      );
    }
  });
});
