import { parseOptions } from './options';

describe('the command line of the bench', () => {
  const lanesOf = (...args: string[]): string[] => {
    const options = parseOptions(args);
    return options.command === 'compare' ? options.lanes.map(({ name }) => name) : [];
  };

  it('compares all lanes on SQLite unless told otherwise', () => {
    expect(parseOptions([])).toMatchObject({
      command: 'compare',
      engine: { name: 'sqlite' },
      inflight: 64,
      steps: 2,
      seconds: 4,
      rounds: 5,
      history: 0,
    });
    expect(lanesOf()).toEqual(['ours', 'half', 'floor', 'naive', 'store']);
  });

  it('adds the filled store where a history is asked for', () => {
    expect(lanesOf('--history=1000')).toEqual(['ours', 'half', 'floor', 'naive', 'store', 'history']);
    expect(lanesOf('--history=1000', '--lanes=history,ours')).toEqual(['ours', 'history']);
  });

  it('takes lanes in the order in which they use each other', () => {
    expect(lanesOf('--lanes=floor,half,ours')).toEqual(['ours', 'half', 'floor']);
    expect(lanesOf('--lanes=floor_half,floor,ours')).toEqual(['ours', 'floor', 'floor_half']);
  });

  it('measures transactions of a type beside sagas alone unless told otherwise', () => {
    expect(lanesOf('--mode=tcc')).toEqual(['ours', 'mode']);
    expect(lanesOf('--mode=msg', '--lanes=floor,ours')).toEqual(['ours', 'floor', 'mode']);
  });

  it('measures sagas over gRPC beside those over HTTP', () => {
    expect(lanesOf('--protocol=grpc')).toEqual(['ours', 'grpc']);
    expect(lanesOf('--protocol=grpc', '--lanes=ours,floor')).toEqual(['ours', 'floor', 'grpc']);
    expect(lanesOf('--protocol=http')).toEqual(['ours']);
  });

  it('measures branches behind transports beside routes, in the order of the table', () => {
    expect(lanesOf('--transport=nats')).toEqual(['ours', 'nats']);
    expect(lanesOf('--transport=kafka,tcp,kafka')).toEqual(['ours', 'tcp', 'kafka']);
    expect(lanesOf('--transport=mqtt', '--lanes=ours,floor', '--protocol=grpc')).toEqual([
      'ours',
      'floor',
      'grpc',
      'mqtt',
    ]);
  });

  it('measures isolation on so many due transactions', () => {
    expect(parseOptions(['--isolation', '--store=postgres'])).toMatchObject({
      command: 'isolation',
      engine: { name: 'postgres' },
      due: 100_000,
    });
  });

  it('plots all engines unless told which', () => {
    const namesOf = (...args: string[]): string[] => {
      const options = parseOptions(args);
      return options.command === 'plot' ? options.engines.map(({ name }) => name) : [];
    };
    expect(parseOptions(['--plot'])).toMatchObject({ command: 'plot', history: 1_000_000, out: 'docs/performance' });
    expect(namesOf('--plot')).toEqual(['sqlite', 'mariadb', 'postgres']);
    expect(namesOf('--plot', '--store=postgres,sqlite')).toEqual(['postgres', 'sqlite']);
  });

  it.each([
    [['--inflight=0'], '--inflight=0: must be a whole number from 1 to 10000'],
    [['--seconds=1.5'], '--seconds=1.5: must be a whole number from 1 to 3600'],
    [['--history=few'], '--history=few: must be a whole number from 1 to 100000000'],
    [['--store=oracle'], '--store=oracle: must be of sqlite, mariadb, postgres'],
    [['--lanes=ours,theirs'], '--lanes=theirs: must be of ours, half, floor, floor_half, naive, store, history'],
    [['--lanes=half'], '--lanes=half: half needs ours'],
    [['--lanes=ours,floor_half'], '--lanes=ours,floor_half: floor_half needs floor'],
    [['--lanes=floor,floor_half'], '--lanes=floor,floor_half: floor_half needs ours'],
    [['--lanes=ours,history'], '--lanes=ours,history: history needs --history=N'],
    [['--mode=try'], '--mode=try: must be of saga, tcc, xa, msg, workflow'],
    [['--mode=tcc', '--lanes=floor'], '--lanes=floor: mode needs ours'],
    [['--protocol=smtp'], '--protocol=smtp: must be of http, grpc'],
    [['--protocol=grpc', '--lanes=floor'], '--lanes=floor: grpc needs ours'],
    [['--transport=tcp,smtp'], '--transport=smtp: must be of tcp, redis, nats, amqp, mqtt, kafka'],
    [['--transport='], '--transport=: must be of tcp, redis, nats, amqp, mqtt, kafka'],
    [['--transport=amqp', '--lanes=floor'], '--lanes=floor: amqp needs ours'],
    [['--plot', '--isolation'], '--plot and --isolation: one at a time'],
    [['--speed=9'], /Unknown option '--speed'.*--store=….*--plot/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
