// Makes the servers available that the tests need, databases and message brokers: `npm run services`. Says what it finds
// and what it does.
// Tests start private servers from installed programs. Where those are missing, Debian's packages are installed if that
// is allowed without asking; or docker compose runs the servers, and where they listen is written down for the tests.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Read by test/support/servers. */
const ADDRESSES = join(ROOT, '.services.json');
const SERVICES = [
  {
    name: 'mariadb',
    programs: ['mariadbd', 'mariadb-install-db'],
    package: 'mariadb-server',
    port: 3306,
    user: 'root',
  },
  { name: 'postgres', programs: ['postgres', 'initdb'], package: 'postgresql', port: 5432, user: 'postgres' },
  // Those without a port are not in docker-compose.yml: the tests start, stop and kill them as programs.
  { name: 'redis', programs: ['redis-server'], package: 'redis-server' },
  { name: 'nats', programs: ['nats-server'], package: 'nats-server' },
  { name: 'rabbitmq', programs: ['rabbitmq-server'], package: 'rabbitmq-server' },
  { name: 'mosquitto', programs: ['mosquitto'], package: 'mosquitto' },
  { name: 'java (for kafka)', programs: ['java'], package: 'default-jre-headless' },
  { name: 'maven (for kafka)', programs: ['mvn'], package: 'maven' },
];
/** Read by test/support/brokers. */
const KAFKA_FOLDER = join(ROOT, 'node_modules/.cache/nestjs-dtx-kafka');
const KAFKA_LIBRARIES = [
  ['org.apache.kafka', 'kafka_2.13', '3.9.1'],
  ['org.apache.kafka', 'kafka-tools', '3.9.1'],
  ['org.slf4j', 'slf4j-simple', '1.7.36'],
];
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
/** As in docker-compose.yml. */
const COMPOSE_PASSWORD = 'private server of tests';

process.exitCode = provide() + provideKafka() > 0 ? 1 : 0;

function provide() {
  const missing = SERVICES.filter((service) => !tellWhetherInstalled(service));
  rmSync(ADDRESSES, { force: true });
  if (missing.length === 0) return 0;
  if (installPackages(missing)) return 0;
  const started = startContainers(missing.filter(({ port }) => port !== undefined));
  const lacking = started ? missing.filter(({ port }) => port === undefined) : missing;
  if (lacking.length === 0) return 0;
  tellWhatIsMissing(lacking);
  return 1;
}

function tellWhatIsMissing(missing) {
  console.error(`
Nothing here can provide ${missing.map(({ name }) => name).join(' and ')}. One of these will do:
  install the programs ${missing.flatMap(({ programs }) => programs).join(', ')} and put them on PATH
      (Debian and Ubuntu: sudo apt-get install ${missing.map((service) => service.package).join(' ')})
  or install Docker with its compose plugin, start it, and run \`npm run services\` again
Without them \`npm test\` leaves out the tests on these servers. Docker provides databases only.`);
}

/** Kafka is no package of Debian: its libraries come from Maven Central. */
function provideKafka() {
  const folder = join(KAFKA_FOLDER, 'lib');
  const missing = KAFKA_LIBRARIES.filter(([, name, version]) => !existsSync(join(folder, `${name}-${version}.jar`)));
  if (missing.length === 0) {
    console.log(`kafka: found ${folder}; tests start servers of their own from it`);
    return 0;
  }
  console.log('kafka: fetching its libraries from Maven Central');
  mkdirSync(KAFKA_FOLDER, { recursive: true });
  writeFileSync(join(KAFKA_FOLDER, 'pom.xml'), kafkaPom());
  const fetched = run(['mvn', '-q', '-B', '-f', join(KAFKA_FOLDER, 'pom.xml'), COPY, `-DoutputDirectory=${folder}`]);
  if (fetched) return 0;
  console.error(`
kafka: its libraries could not be fetched. It takes Maven (Debian: apt-get install maven) and a way to Maven Central.
Without them \`npm test\` leaves out the tests on Kafka.`);
  return 1;
}

function kafkaPom() {
  const dependencies = KAFKA_LIBRARIES.map(
    ([group, name, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>nestjs-dtx</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}

function tellWhetherInstalled({ name, programs }) {
  const found = programs.map((program) => findProgram(program));
  const absent = programs.filter((_, index) => found[index] === undefined);
  if (absent.length > 0) console.log(`${name}: ${absent.join(' and ')} not found`);
  else console.log(`${name}: found ${found[0]}; tests start servers of their own from it`);
  return absent.length === 0;
}

/** The places of test/support/servers/find-program.ts. */
function findProgram(name) {
  const versions = '/usr/lib/postgresql';
  const newestFirst = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    ...newestFirst.map((version) => join(versions, version, 'bin')),
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns whether everything is there afterwards */
function installPackages(missing) {
  if (!existsSync('/etc/debian_version') || findProgram('apt-get') === undefined) return false;
  const privileged = asRoot();
  if (privileged === undefined) {
    console.log('packages: not installed, as this is not root and `sudo -n` is not allowed');
    return false;
  }
  const packages = missing.map((service) => service.package);
  console.log(`packages: installing ${packages.join(' ')}`);
  const apt = [...privileged, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const done = run([...apt, 'update']) && run([...apt, 'install', '-y', '--no-install-recommends', ...packages]);
  return done && missing.map(tellWhetherInstalled).every(Boolean);
}

/** @returns what to put before a command to run it as root; `undefined` when that needs somebody to type a password */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return run(['sudo', '-n', 'true'], 'ignore') ? ['sudo', '-n'] : undefined;
}

/** @returns whether everything runs afterwards */
function startContainers(missing) {
  if (missing.length === 0) return true;
  if (!run(['docker', 'compose', 'version'], 'ignore')) {
    console.log('docker compose: not found');
    return false;
  }
  console.log(`docker compose: starting ${missing.map(({ name }) => name).join(' and ')}`);
  if (!run(['docker', 'compose', 'up', '-d', '--wait', ...missing.map(({ name }) => name)])) return false;
  const addresses = missing.map((service) => [service.name, addressOf(service)]);
  if (addresses.some(([, address]) => address === undefined)) return false;
  writeFileSync(ADDRESSES, JSON.stringify(Object.fromEntries(addresses), null, 2));
  for (const [name, { host, port }] of addresses) console.log(`${name}: docker compose runs it at ${host}:${port}`);
  return true;
}

function addressOf({ name, port, user }) {
  const { stdout = '' } = spawnSync('docker', ['compose', 'port', name, String(port)], { cwd: ROOT, encoding: 'utf8' });
  const [, host, published] = /^(\S+):(\d+)\s*$/.exec(stdout ?? '') ?? [];
  if (published === undefined) return undefined;
  return { host, port: Number(published), user, password: COMPOSE_PASSWORD };
}

function run([program, ...args], stdio = 'inherit') {
  return spawnSync(program, args, { cwd: ROOT, stdio }).status === 0;
}
