import { branchUrl } from './branch-request';

const INFO = { transType: 'tcc', gid: 'g 1', branchId: '01', op: 'try' };

describe('branchUrl', () => {
  it.each([
    ['http://stock/try', 'http://stock/try?branch_id=01&gid=g%201&op=try&trans_type=tcc'],
    ['http://stock/try?tenant=a', 'http://stock/try?tenant=a&branch_id=01&gid=g%201&op=try&trans_type=tcc'],
    ['http://stock/try?', 'http://stock/try?branch_id=01&gid=g%201&op=try&trans_type=tcc'],
    ['http://stock/try#top', 'http://stock/try?branch_id=01&gid=g%201&op=try&trans_type=tcc'],
  ])('appends to %s what the participant reads', (url, expected) => {
    expect(branchUrl(url, INFO)).toBe(expected);
  });

  it('appends what only initiators send', () => {
    const info = { ...INFO, dtm: 'http://tm/api/dtmsvr', phase2Url: 'http://stock/xa?a=b' };
    expect(branchUrl('http://stock/xa', info)).toBe(
      'http://stock/xa?branch_id=01&dtm=http%3A%2F%2Ftm%2Fapi%2Fdtmsvr&gid=g%201&op=try' +
        '&phase2_url=http%3A%2F%2Fstock%2Fxa%3Fa%3Db&trans_type=tcc',
    );
  });
});
