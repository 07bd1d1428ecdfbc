import { parseCommandLine, USAGE } from './command-line';

describe('the command line', () => {
  const migrate = { command: 'migrate', status: false, sql: false, sourceTimeZone: undefined };

  it.each([
    [[], { command: 'serve' }],
    [['serve'], { command: 'serve' }],
    [['-c', 'migrate'], { command: 'serve' }],
    [['--config=file.yml'], { command: 'serve' }],
    [['migrate'], migrate],
    [['migrate', '--status', '-c', 'file.yml'], { ...migrate, status: true }],
    [['-c', 'file.yml', 'migrate', '--sql'], { ...migrate, sql: true }],
    [['migrate', '--source-time-zone=+08:00'], { ...migrate, sourceTimeZone: '+08:00' }],
    [['migrate', '--sql', '--source-time-zone', 'Asia/Tokyo'], { ...migrate, sql: true, sourceTimeZone: 'Asia/Tokyo' }],
    [['--help'], { command: 'help' }],
    [['migrate', '-h'], { command: 'help' }],
    [['help'], { command: 'help' }],
  ])('%j is understood', (args, expected) => {
    expect(parseCommandLine(args)).toEqual(expected);
  });

  it.each([
    [['migrat'], 'there is no command migrat'],
    [['migrate', 'now'], 'what is now?'],
    [['--status'], 'these options belong to the command migrate'],
    [['serve', '--source-time-zone=UTC'], 'these options belong to the command migrate'],
    [['migrate', '--status', '--sql'], '--status and --sql exclude each other'],
    [['migrate', '--force'], "Unknown option '--force'"],
    [['migrate', '--source-time-zone'], "Option '--source-time-zone <value>' argument missing"],
  ])('%j is refused with the usage', (args, problem) => {
    let refused: unknown;
    try {
      parseCommandLine(args);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'DTX_INVALID_CONFIG', message: expect.stringContaining(problem) });
    expect((refused as Error).message.endsWith(USAGE)).toBe(true);
  });
});
