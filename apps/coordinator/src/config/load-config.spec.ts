import { DEFAULT_SETTINGS } from '@nestjs-dtx/coordinator';
import { ConfigFolder } from './config-folder.spec-helper';
import { coordinatorOptions } from './coordinator-options';
import { CoordinatorConfig, SECRETS } from './coordinator.config';
import { loadConfig } from './load-config';

describe('the configuration of the coordinator', () => {
  const folder = new ConfigFolder();
  const { load } = folder;

  afterAll(() => folder.remove());

  test('has a default for everything: SQLite in ./data, on the loopback address only', () => {
    expect(coordinatorOptions(load({}))).toEqual({
      http: { host: '127.0.0.1', port: 36789 },
      grpc: { host: '127.0.0.1', port: 36790 },
      store: { driver: 'sqlite', directory: './data' },
      settings: DEFAULT_SETTINGS,
    });
  });

  test('serves gRPC elsewhere, or not at all', () => {
    expect(coordinatorOptions(load({ GRPC_HOST: '0.0.0.0', GRPC_PORT: '0' })).grpc).toEqual({
      host: '0.0.0.0',
      port: 0,
    });
    expect(coordinatorOptions(load({ GRPC_ENABLED: 'off' }))).not.toHaveProperty('grpc');
  });

  test('comes from the environment', () => {
    const config = load({
      HTTP_HOST: '0.0.0.0',
      HTTP_PORT: '0',
      STORE_DRIVER: 'memory',
      RETRY_INTERVAL: '3',
      TRANS_CRON_INTERVAL: '0.5',
      OUTCOME_SUBSTRING: 'off',
      LIMITS_STEPS: '7',
      LOG_LEVEL: 'debug',
      SOMETHING_ELSE: 'x',
    });
    expect(config.LOG_LEVEL).toBe('debug');
    expect(coordinatorOptions(config)).toMatchObject({
      http: { host: '0.0.0.0', port: 0 },
      store: { driver: 'memory' },
      settings: { retryInterval: 3, transCronInterval: 0.5, outcomeSubstring: false, limits: { steps: 7 } },
    });
  });

  test('comes from a YAML file, with the nested names of dtm or with those of the environment', () => {
    const config = load(
      {},
      `
      Store: { Driver: memory }
      HttpPort: 1234
      RetryInterval: 20
      Limits:
        BodyBytes: 1000
      TIMEOUT_TO_FAIL: 60
      OutcomeSubstring: false
      `,
    );
    expect(config).toMatchObject({
      STORE_DRIVER: 'memory',
      HTTP_PORT: 1234,
      RETRY_INTERVAL: 20,
      LIMITS_BODY_BYTES: 1000,
      TIMEOUT_TO_FAIL: 60,
      OUTCOME_SUBSTRING: false,
      LEASE_SECONDS: 10,
    });
  });

  test.each([['-c'], ['--config'], ['--config=']])('finds the file after %s', (flag) => {
    const path = folder.write('HttpPort: 4321');
    const argv = ['node', 'main.js', ...(flag.endsWith('=') ? [flag + path] : [flag, path])];
    expect(loadConfig({}, argv).HTTP_PORT).toBe(4321);
  });

  test('takes the environment before the file, and an empty variable for none', () => {
    const config = load(
      { HTTP_PORT: '5000', RETRY_INTERVAL: '', REQUEST_TIMEOUT: ' ' },
      'HttpPort: 1\nRetryInterval: 2',
    );
    expect(config).toMatchObject({ HTTP_PORT: 5000, RETRY_INTERVAL: 2, REQUEST_TIMEOUT: 3 });
  });

  test.each(['', '# nothing', '{}'])('takes a file with %p for one that says nothing', (yaml) => {
    expect(load({}, yaml)).toEqual(load({}));
  });

  const keys = Object.keys(new CoordinatorConfig());
  const texts = new Set([
    'HTTP_HOST',
    'GRPC_HOST',
    'DATA_DIR',
    'STORE_HOST',
    'STORE_USER',
    'STORE_PASSWORD',
    'STORE_DB',
  ]);
  /** What no key takes. */
  const wrong = (key: string): string => (texts.has(key) ? '' : 'nonsense');

  test.each(keys.filter((key) => !texts.has(key)))(
    'stops with key, value and what is allowed for a wrong %s',
    (key) => {
      expect(() => load({ [key]: wrong(key) })).toThrow(
        expect.objectContaining({
          code: 'DTX_INVALID_CONFIG',
          message: expect.stringMatching(
            `^${key}=${SECRETS.has(key) ? '\\(hidden\\)' : 'nonsense'}: ${key} must .*(number|one of the following values|on or off|URL)`,
          ),
        }),
      );
    },
  );

  test.each([
    ['HTTP_PORT', '70000', 'must not be greater than 65535'],
    ['HTTP_PORT', '-1', 'must not be less than 0'],
    ['HTTP_PORT', '80.5', 'must be an integer number'],
    ['RETRY_INTERVAL', '0', 'must not be less than 1'],
    ['LEASE_SECONDS', '-5', 'must not be less than 1'],
    ['SHUTDOWN_TIMEOUT', '2592000', 'must not be greater than 1728000'],
    ['TRANS_CRON_INTERVAL', '0', 'must not be less than 0.1'],
    ['MAX_IN_FLIGHT', '0', 'must not be less than 1'],
    ['REQUEST_TIMEOUT', 'Infinity', 'must be an integer number'],
    ['STORE_DRIVER', 'redis', 'must be one of the following values: sqlite, memory, mariadb, mysql, postgres'],
    ['STORE_PORT', '0', 'must not be less than 1'],
    ['STORE_POOL_SIZE', '1001', 'must not be greater than 1000'],
    ['STORE_AUTO_MIGRATE', 'yes', 'must be on or off'],
    ['RETENTION_FINISHED', '-1', 'must not be less than 0'],
    ['RETENTION_INTERVAL', '0', 'must not be less than 1'],
    ['LOG_LEVEL', 'verbose', 'must be one of the following values: fatal, error, warn, info, debug'],
    ['OUTCOME_SUBSTRING', 'constructor', 'must be on or off'],
  ])('stops for %s=%s: it %s', (key, value, allowed) => {
    expect(() => load({ [key]: value })).toThrow(`${key}=${value}: ${key} ${allowed}`);
  });

  test.each(['ftp://pager/x', '//pager', 'pager:80', 'http://'])(
    'takes no %s for a web hook, and does not repeat it',
    (url) => {
      const message = 'ALERT_WEB_HOOK=(hidden): ALERT_WEB_HOOK must be an absolute http(s) URL, or empty';
      expect(() => load({ ALERT_WEB_HOOK: url })).toThrow(message);
    },
  );

  test('takes credentials of brokers, and does not repeat them', () => {
    const brokers = 'nats://user:word@nats:4222 kafka://user:word@kafka?mechanism=plain';
    expect(load({ BROKERS: brokers })).toMatchObject({ BROKERS: brokers });
    const message = 'BROKERS=(hidden): BROKERS must be URLs such as nats://user:password@host:4222';
    for (const refused of ['nats://nats:4222', 'http://user:word@web'])
      expect(() => load({ BROKERS: refused })).toThrow(message);
  });

  test('takes a web hook and its limit, under the names of dtm too', () => {
    const url = 'https://key:word@pager.example.org/hook?token=1';
    expect(load({}, `AlertWebHook: ${url}\nAlertRetryLimit: 5`)).toMatchObject({
      ALERT_WEB_HOOK: url,
      ALERT_RETRY_LIMIT: 5,
    });
    expect(load({})).toMatchObject({ ALERT_WEB_HOOK: '', ALERT_RETRY_LIMIT: 3 });
    expect(() => load({ ALERT_RETRY_LIMIT: '0' })).toThrow('ALERT_RETRY_LIMIT must not be less than 1');
  });

  test.each([
    ['RetryInterval: true', 'RETRY_INTERVAL=true: RETRY_INTERVAL must be an integer number'],
    ['RetryInterval: [7]', 'RETRY_INTERVAL=7: RETRY_INTERVAL must be an integer number'],
    ['RetryInterval:', 'RETRY_INTERVAL=null: RETRY_INTERVAL must be an integer number'],
    ['HttpHost: 127', 'HTTP_HOST=127: HTTP_HOST must be a string'],
    ['DataDir: ""', 'DATA_DIR=: DATA_DIR must be longer than or equal to 1 characters'],
    ['RetryIntervall: 7', 'the configuration file has unknown keys: RETRY_INTERVALL'],
    ['Store: { Drive: memory, Schema: x }', 'the configuration file has unknown keys: STORE_DRIVE, STORE_SCHEMA'],
    ['Store: { Port: }', 'STORE_PORT=null: STORE_PORT must be an integer number'],
    ['Store: { MaxOpenConns: many }', 'STORE_POOL_SIZE=many: STORE_POOL_SIZE must be an integer number'],
    ['Store: { Db: "" }', 'STORE_DB=: STORE_DB must be longer than or equal to 1 characters'],
    ['__proto__: { a: 1 }', 'the configuration file has unknown keys: __PROTO___A'],
    ['just text', 'must hold a mapping of keys to values'],
    ['- a\n- b', 'must hold a mapping of keys to values'],
  ])('stops for a file with %p', (yaml, message) => {
    expect(() => load({}, yaml)).toThrow(message);
  });

  test.each([
    [
      'a file that is not there',
      ['-c', '/nowhere/coordinator.yml'],
      /^the configuration file \/nowhere\/coordinator\.yml cannot be read: ENOENT/,
    ],
    ['a flag without a file', ['-c'], /^-c needs the path of a YAML file$/],
    ['a long flag without a file', ['--config='], /^--config needs the path of a YAML file$/],
  ])('stops for %s', (_name, argv, message) => {
    expect(() => loadConfig({}, argv)).toThrow(
      expect.objectContaining({ code: 'DTX_INVALID_CONFIG', message: expect.stringMatching(message) }),
    );
  });

  test('stops for a file that is no YAML, with the place', () => {
    expect(() => load({}, 'HttpPort: [1')).toThrow(/coordinator\.yml is no YAML, line 1, column \d+$/);
  });
});
