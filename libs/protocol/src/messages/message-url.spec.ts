import { isMessageUrl, messageUrl, readMessageUrl } from './message-url';

describe('a message URL', () => {
  it.each([
    ['tcp://bank:4000/withdraw', { transport: 'tcp', hosts: [{ host: 'bank', port: 4000 }], pattern: 'withdraw' }],
    [
      'redis://cache/bank/withdraw',
      { transport: 'redis', hosts: [{ host: 'cache', port: 6379 }], pattern: 'bank/withdraw' },
    ],
    [
      'nats://a,b:4333/bank.withdraw',
      {
        transport: 'nats',
        hosts: [
          { host: 'a', port: 4222 },
          { host: 'b', port: 4333 },
        ],
        pattern: 'bank.withdraw',
      },
    ],
    ['amqp://mq/work/bank/out', { queue: 'work', pattern: 'bank/out', hosts: [{ host: 'mq', port: 5672 }] }],
    [
      'amqps://mq/a%2Fb/out?vhost=%2Fx',
      { queue: 'a/b', vhost: '/x', secure: true, hosts: [{ host: 'mq', port: 5671 }] },
    ],
    ['mqtts://[::1]/bank/out', { secure: true, hosts: [{ host: '::1', port: 8883 }], pattern: 'bank/out' }],
    ['kafka://k:9092/bank.out', { transport: 'kafka', secure: false, pattern: 'bank.out' }],
    ['tcp://bank:4000/%7B%22cmd%22%3A%22out%22%7D', { pattern: { cmd: 'out' } }],
  ])('%s is read', (url, expected) => {
    expect(isMessageUrl(url)).toBe(true);
    expect(readMessageUrl(url)).toMatchObject({ url: expected });
  });

  it.each([
    ['tcp://bank/withdraw', 'must have the form tcp://host:port/pattern'],
    ['tcp://bank:0/withdraw', 'must have the form tcp://host:port/pattern'],
    ['tcp://bank:70000/withdraw', 'must have the form tcp://host:port/pattern'],
    ['tcp://a:1,b:2/withdraw', 'must have the form tcp://host:port/pattern'],
    ['nats://:4222/x', 'must have the form nats://host:port/pattern'],
    ['nats://host', 'must have the form nats://host:port/pattern'],
    ['nats://host/', 'must have the form nats://host:port/pattern'],
    ['nats://host/x?y=1', 'must have the form nats://host:port/pattern'],
    ['nats://host/x#y', 'must have the form nats://host:port/pattern'],
    ['nats://host/%zz', 'must have the form nats://host:port/pattern'],
    ['nats://host/a.*', 'must name a NATS subject without spaces and wildcards: nats://host:port/pattern'],
    ['mqtt://host/a/%23', 'must name an MQTT topic without wildcards: mqtt://host:port/pattern'],
    ['kafka://host/a/b', 'must name a Kafka topic: kafka://host:port/topic'],
    ['amqp://host/queue', 'must have the form amqp://host:port/queue/pattern'],
    ['amqp://host//pattern', 'must have the form amqp://host:port/queue/pattern'],
    ['amqp://host/queue/pattern?vhost=', 'must have the form amqp://host:port/queue/pattern'],
    ['tcp://host:1/%7Bcmd', 'has a pattern that begins as JSON and is none'],
    ['nats://user:secret@host/x', 'must not hold credentials: the coordinator is given them (BROKERS)'],
  ])('%s is refused', (url, problem) => {
    expect(isMessageUrl(url)).toBe(true);
    expect(readMessageUrl(url)).toEqual({ problem });
  });

  it.each(['http://host/x', 'natsx://host/x', 'host:4222/x', '', 'NATS://host/x', 'rmq://host/q/x'])(
    '%j is none',
    (url) => {
      expect(isMessageUrl(url)).toBe(false);
      expect(readMessageUrl(url)).toMatchObject({ problem: expect.stringMatching(/^must begin with one of tcp:/) });
    },
  );

  it.each(['bank.out', 'bank/out', 'größe?#%', { cmd: 'out', args: ['a/b'] }])(
    'is made for the pattern %j',
    (pattern) => {
      for (const base of ['tcp://h:1', 'redis://h', 'amqp://h/queue?vhost=x']) {
        expect(readMessageUrl(messageUrl(base, pattern))).toMatchObject({ url: { pattern } });
      }
    },
  );
});
