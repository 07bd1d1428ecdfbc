import { answerSuccess, listen } from './listen';

/*
 * The service behind the branches: every address answers success at once, the cheapest that a real service can be.
 * `GET /calls` tells how many branches it has been called for, so that no lane can be fast by leaving some out.
 */

let calls = 0;

listen('branch service', (request, response) => {
  request.resume();
  if (request.url === '/calls') {
    response.end(String(calls));
    return;
  }
  calls += 1;
  answerSuccess(response);
});
