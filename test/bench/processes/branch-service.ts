import { listen } from './listen';

/*
 * The service behind the branches: every address answers success at once, the cheapest that a real service can be.
 * `GET /calls` tells how many branches it has been called for, so that no lane can be fast by leaving some out.
 */

const SUCCESS = Buffer.from('{"dtm_result":"SUCCESS"}');
const HEADERS = ['content-type', 'application/json', 'content-length', String(SUCCESS.length)];
let calls = 0;

listen('branch service', (request, response) => {
  response.sendDate = false;
  request.resume();
  if (request.url === '/calls') {
    response.end(String(calls));
    return;
  }
  calls += 1;
  response.writeHead(200, HEADERS).end(SUCCESS);
});
