import {
  ConflictException,
  Controller,
  HttpException,
  InternalServerErrorException,
  ServiceUnavailableException,
  type LoggerService,
} from '@nestjs/common';
import { BranchFailureError, BranchOngoingError } from '@nestjs-dtx/client';
import { mapHttpOutcome } from '@nestjs-dtx/protocol';
import { of } from 'rxjs';
import { SagaStep } from '../decorators/saga-step.decorator';
import { ADAPTERS, callBranch, closeAll, serve } from '../dtx-app.spec-helper';
import { DtxFailureException } from '../errors/dtx-failure.exception';
import { DtxOngoingException } from '../errors/dtx-ongoing.exception';

class Receipt {
  constructor(readonly note: string) {}
}

let result: () => unknown;

@Controller('steps')
class StepsController {
  @SagaStep('step', { compensate: false })
  step(): unknown {
    return result();
  }
}

const throws = (error: unknown) => (): never => {
  throw error;
};

const CASES: [name: string, outcome: () => unknown, answer: [status: number, body: unknown, kind: string]][] = [
  ['nothing', () => undefined, [200, { dtm_result: 'SUCCESS' }, 'success']],
  ['null', () => null, [200, { dtm_result: 'SUCCESS' }, 'success']],
  ['an object', () => ({ id: 1 }), [200, { id: 1 }, 'success']],
  ['a promise', () => Promise.resolve({ id: 1 }), [200, { id: 1 }, 'success']],
  ['an observable', () => of({ id: 1 }), [200, { id: 1 }, 'success']],
  ['an array', () => [1, 2], [200, [1, 2], 'success']],
  [
    'a class that mentions FAILURE',
    () => new Receipt('no FAILURE'),
    [200, { note: 'no FAILURE', dtm_result: 'SUCCESS' }, 'success'],
  ],
  ['a list that mentions ONGOING', () => ['ONGOING'], [200, { dtm_result: 'SUCCESS', value: ['ONGOING'] }, 'success']],
  ['a text that mentions FAILURE', () => 'FAILURE', [200, { dtm_result: 'SUCCESS', value: 'FAILURE' }, 'success']],
  [
    'a failure',
    throws(new DtxFailureException('insufficient funds')),
    [409, { dtm_result: 'FAILURE', message: 'insufficient funds' }, 'failure'],
  ],
  [
    'Nest’s conflict',
    throws(new ConflictException('taken, not ONGOING')),
    [409, { dtm_result: 'FAILURE', message: 'taken, not ONGOING' }, 'failure'],
  ],
  [
    'ongoing',
    throws(new DtxOngoingException('the courier is on his way')),
    [425, { dtm_result: 'ONGOING', message: 'the courier is on his way' }, 'ongoing'],
  ],
  [
    'another HTTP exception',
    throws(new ServiceUnavailableException('later')),
    [503, { message: 'later', error: 'Service Unavailable', statusCode: 503 }, 'error'],
  ],
  [
    'an HTTP exception that mentions FAILURE',
    throws(new InternalServerErrorException('DISK FAILURE')),
    [500, { message: 'DISK failure', error: 'Internal Server Error', statusCode: 500 }, 'error'],
  ],
  [
    'an HTTP exception with a text',
    throws(new HttpException('teapot', 418)),
    [418, { statusCode: 418, message: 'teapot' }, 'error'],
  ],
  [
    'an HTTP exception with a result',
    throws(new HttpException({ dtm_result: 'FAILURE' }, 500)),
    [500, { dtm_result: 'FAILURE' }, 'failure'],
  ],
  [
    'what another participant refused',
    throws(new BranchFailureError('no seats')),
    [409, { dtm_result: 'FAILURE', message: 'no seats' }, 'failure'],
  ],
  [
    'what another participant is not done with',
    throws(new BranchOngoingError('boarding')),
    [425, { dtm_result: 'ONGOING', message: 'boarding' }, 'ongoing'],
  ],
  [
    'any error',
    throws(new Error('FAILURE of the secret disk')),
    [500, { statusCode: 500, message: 'Internal server error' }, 'error'],
  ],
  ['what is no error', throws('ONGOING'), [500, { statusCode: 500, message: 'Internal server error' }, 'error']],
];

describe.each(ADAPTERS)('the answer of a handler on %s', (adapter) => {
  afterEach(closeAll);

  it.each(CASES)('that returns or throws %s', async (_name, outcome, [status, body, kind]) => {
    result = outcome;
    const app = await serve({ controllers: [StepsController] }, { adapter });
    const answer = await callBranch(app, '/steps/dtx/step/action', { body: {} });
    expect(answer).toEqual({ status, body });
    expect(mapHttpOutcome({ status: answer.status, body: JSON.stringify(answer.body) }).kind).toBe(kind);
  });
});

describe('the log', () => {
  afterEach(closeAll);

  it('says which branch met an unexpected error, and why; business failures are no errors', async () => {
    const errors: unknown[] = [];
    const logger: LoggerService = { log: () => {}, warn: () => {}, error: (message: unknown) => errors.push(message) };
    const app = await serve({ controllers: [StepsController] }, { logger });
    result = throws(new DtxFailureException('no'));
    await callBranch(app, '/steps/dtx/step/action', { gid: 'g-9', branchId: '02' });
    result = throws(new Error('no disk'));
    await callBranch(app, '/steps/dtx/step/action', { gid: 'g-9', branchId: '02' });
    expect(errors).toEqual([expect.stringMatching(/gid=g-9 branch=02 op=action: no disk$/)]);
  });
});
