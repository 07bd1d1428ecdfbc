import { isMessageUrl, readMessageUrl, type MessageHost, type MessageUrl } from '@nestjs-dtx/protocol';

/** Who the coordinator is at a broker. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** Of Kafka: how they are proven. */
  readonly mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
}

const ENTRY = /^([a-z]+:\/\/)([^@/?#]+)@([^@/?#]+)\/?(?:\?mechanism=([a-z0-9-]+))?$/;
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** @returns what is wrong with the list, `undefined` if it can be used; the text holds none of the secrets. */
export function brokersProblem(brokers: string): string | undefined {
  const wrong = entriesOf(brokers).findIndex((entry) => parse(entry) === undefined);
  return wrong === -1
    ? undefined
    : `entry ${wrong + 1} must have the form nats://user:password@host:port; a broker of Kafka may add ` +
        `?mechanism=${MECHANISMS.join('|')}; entries are separated by spaces`;
}

/**
 * Credentials of brokers, from the configuration: a branch URL must not hold any, as it is stored and shown. They belong to
 * scheme, host and port, so that a URL cannot carry them elsewhere.
 */
export class BrokerCredentials {
  private readonly byPlace = new Map<string, Credentials>();

  /**
   * @param brokers URLs with user and password, separated by spaces: `nats://user:password@host:4222`
   * @throws Error when one of them is malformed
   */
  constructor(brokers: string) {
    const problem = brokersProblem(brokers);
    if (problem !== undefined) throw new Error(`brokers: ${problem}`);
    for (const entry of entriesOf(brokers)) {
      const { places, credentials } = parse(entry)!;
      for (const place of places) this.byPlace.set(place, credentials);
    }
  }

  /** @returns those of the first of its hosts that has some. */
  of(url: Pick<MessageUrl, 'transport' | 'secure' | 'hosts'>): Credentials | undefined {
    return url.hosts.map((host) => this.byPlace.get(placeOf(url, host))).find((it) => it !== undefined);
  }
}

function entriesOf(brokers: string): string[] {
  return brokers.split(/\s+/).filter((entry) => entry !== '');
}

function parse(entry: string): { places: string[]; credentials: Credentials } | undefined {
  const [, scheme = '', userInfo = '', hosts = '', mechanism] = ENTRY.exec(entry) ?? [];
  if (!isMessageUrl(scheme)) return undefined;
  // Any path makes it a whole URL, by whose rules hosts are read.
  const reading = readMessageUrl(
    `${scheme}${hosts}/any/pattern`.replace('/any/pattern', isKafka(scheme) ? '/any' : '/any/pattern'),
  );
  const credentials = credentialsOf(userInfo, mechanism, isKafka(scheme));
  if ('problem' in reading || !credentials) return undefined;
  return { places: reading.url.hosts.map((host) => placeOf(reading.url, host)), credentials };
}

function credentialsOf(
  userInfo: string,
  mechanism: string | undefined,
  takesMechanism: boolean,
): Credentials | undefined {
  const at = userInfo.indexOf(':');
  const [user, password] = at === -1 ? [userInfo, ''] : [userInfo.slice(0, at), userInfo.slice(at + 1)];
  const known = MECHANISMS.find((it) => it === mechanism);
  if (mechanism !== undefined && (known === undefined || !takesMechanism)) return undefined;
  try {
    return {
      user: decodeURIComponent(user),
      password: decodeURIComponent(password),
      ...(known !== undefined && { mechanism: known }),
    };
  } catch {
    return undefined;
  }
}

function isKafka(scheme: string): boolean {
  return scheme.startsWith('kafka');
}

function placeOf({ transport, secure }: Pick<MessageUrl, 'transport' | 'secure'>, { host, port }: MessageHost): string {
  return `${transport}${secure ? 's' : ''}://${host}:${port}`;
}
