import { Controller, Post } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { closeAll, serve } from '../dtx-app.spec-helper';
import { checkOptions } from '../dtx.options';
import { announcementOf } from './announcement';

@Controller('steps')
class StepsController {
  @MessagePattern({ cmd: 'any' })
  @SagaStep('any')
  any(): void {}

  @MessagePattern('any.undo', Transport.KAFKA)
  @SagaCompensate('any')
  undo(): void {}

  @Post('both')
  @MessagePattern('both')
  @SagaStep('both', { compensate: false })
  both(): void {}
}

const OPTIONS = { service: 'bank', coordinator: 'http://127.0.0.1:9' };
const URL = 'http://127.0.0.1:3000';

describe('handlers of messages', () => {
  afterEach(closeAll);

  const announced = async (messageUrls?: readonly string[], url = URL) => {
    const { handlers } = (await serve({ controllers: [StepsController] })).get(DtxExplorer);
    return announcementOf({ ...OPTIONS, ...(messageUrls && { messageUrls }) }, handlers, url);
  };

  it('are announced where their messages are sent, unless they have a route', async () => {
    const { handlers } = await announced(['amqp://mq/work?vhost=x', 'kafka://k']);
    expect(handlers).toEqual({
      any: { action: 'amqp://mq/work/%7B%22cmd%22%3A%22any%22%7D?vhost=x', compensate: 'kafka://k/any.undo' },
      both: { action: '/steps/both', compensate: null },
    });
  });

  it('are not announced when nobody says where', async () => {
    expect((await announced()).handlers).toEqual({ any: {}, both: { action: '/steps/both', compensate: null } });
  });

  it('give an instance a name of its own, where all share a broker', async () => {
    const names = await Promise.all([1, 2].map(async () => (await announced(['nats://n'], 'nats://n')).instance));
    expect(new Set(names).size).toBe(2);
  });

  it.each([
    ['nats://host/', 'without a slash'],
    ['http://host', 'must begin with one of tcp://'],
    ['tcp://host', 'must have the form tcp://host:port/pattern'],
    ['nats://a:b@host', 'must not hold credentials'],
  ])('are not looked for at %s', (url, problem) => {
    expect(() => checkOptions({ ...OPTIONS, messageUrls: [url] })).toThrow(problem);
    expect(checkOptions({ ...OPTIONS, messageUrls: ['nats://host'] })).toMatchObject({ messageUrls: ['nats://host'] });
  });
});
