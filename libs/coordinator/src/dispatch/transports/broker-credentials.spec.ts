import { readMessageUrl, type MessageUrl } from '@nestjs-dtx/protocol';
import { BrokerCredentials, brokersProblem } from './broker-credentials';

function url(text: string): MessageUrl {
  const reading = readMessageUrl(text);
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.url;
}

describe('credentials of brokers', () => {
  const credentials = new BrokerCredentials(
    '  nats://a:p%40ss:word@nats,other:4333 amqps://b:2@mq\nkafka://c:3@k:9093?mechanism=scram-sha-256 redis://:4@[::1]/ ',
  );

  it.each([
    ['nats://nats/x', { user: 'a', password: 'p@ss:word' }],
    ['nats://unknown,other:4333/x', { user: 'a', password: 'p@ss:word' }],
    ['amqps://mq/queue/x', { user: 'b', password: '2' }],
    ['kafka://k:9093/x', { user: 'c', password: '3', mechanism: 'scram-sha-256' }],
    ['redis://[::1]:6379/x', { user: '', password: '4' }],
  ])('are found for %s', (text, expected) => {
    expect(credentials.of(url(text))).toEqual(expected);
  });

  it.each(['nats://nats:4223/x', 'natss://nats/x', 'amqp://mq/queue/x', 'mqtt://nats:4222/x'])(
    'are not told to %s',
    (text) => {
      expect(credentials.of(url(text))).toBeUndefined();
    },
  );

  it.each([
    ['nats://nats', 1],
    ['nats://a:b@nats http://a:b@web', 2],
    ['nats://a:b@nats/path', 1],
    ['nats://a:%zz@nats', 1],
    ['nats://a:b@nats?mechanism=plain', 1],
    ['kafka://a:b@k?mechanism=magic', 1],
    ['tcp://a:b@host', 1],
  ])('%j is refused without telling it', (brokers, entry) => {
    expect(brokersProblem(brokers)).toMatch(new RegExp(`^entry ${entry} must have the form`));
    expect(brokersProblem(brokers)).not.toContain('a:b');
    expect(() => new BrokerCredentials(brokers)).toThrow(/^brokers: entry/);
  });
});
