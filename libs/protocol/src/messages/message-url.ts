/**
 * URLs of branches that are called through a Nest transport: a request is sent to a pattern, a reply is waited for.
 *
 * ```text
 * tcp://host:port/pattern                    redis://host[:6379]/pattern
 * nats://host[:4222]/pattern                 amqp://host[:5672]/queue/pattern[?vhost=name]
 * mqtt://host[:1883]/pattern                 kafka://host[:9092]/topic
 * ```
 *
 * With an `s` at the end of the scheme the connection is encrypted. `nats`, `amqp` and `kafka` take several hosts, separated
 * by commas. The pattern is percent-encoded; one that starts with `{` is a JSON pattern. Credentials are the coordinator's:
 * a URL is stored and shown to everybody who may look at a transaction.
 */
export interface MessageUrl {
  readonly transport: MessageTransportName;
  readonly secure: boolean;
  readonly hosts: readonly MessageHost[];
  /** Of RabbitMQ. */
  readonly queue?: string;
  /** Of RabbitMQ; the default one if absent. */
  readonly vhost?: string;
  /** As `@MessagePattern` of the handler has it; an object if it is a JSON pattern. */
  readonly pattern: string | Readonly<Record<string, unknown>>;
}

/** One server of a transport. */
export interface MessageHost {
  /** IPv6 addresses without their brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a message URL says, or what is wrong with it. */
export type MessageUrlReading = { readonly url: MessageUrl } | { readonly problem: string };

interface TransportRules {
  readonly form: string;
  /** Ports without and with encryption. Absent: the URL has to name one. */
  readonly ports?: readonly [number, number];
  readonly severalHosts: boolean;
  /** What the transport could not send to. */
  readonly forbidden?: { readonly inPattern: RegExp; readonly because: string };
}

const RULES = {
  tcp: { form: 'tcp://host:port/pattern', severalHosts: false },
  redis: { form: 'redis://host:port/pattern', ports: [6379, 6379], severalHosts: false },
  nats: {
    form: 'nats://host:port/pattern',
    ports: [4222, 4222],
    severalHosts: true,
    forbidden: { inPattern: /[\s*>]/, because: 'a NATS subject without spaces and wildcards' },
  },
  amqp: { form: 'amqp://host:port/queue/pattern', ports: [5672, 5671], severalHosts: true },
  mqtt: {
    form: 'mqtt://host:port/pattern',
    ports: [1883, 8883],
    severalHosts: false,
    // A broker ends the connection, for all calls, of who publishes to a wildcard.
    forbidden: { inPattern: /[+#\0]/, because: 'an MQTT topic without wildcards' },
  },
  kafka: {
    form: 'kafka://host:port/topic',
    ports: [9092, 9092],
    severalHosts: true,
    // Replies come in `<topic>.reply`, which must fit into Kafka's 249 characters too.
    forbidden: { inPattern: /[^A-Za-z0-9._-]|^.{244}/, because: 'a Kafka topic' },
  },
} satisfies Record<string, TransportRules>;

/** The Nest transports by which branches can be called, by their schemes. */
export type MessageTransportName = keyof typeof RULES;

const SCHEME = new RegExp(`^(${Object.keys(RULES).join('|')})(s?)://`);
const HOST = /^(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}))?$/;

/** @returns whether the URL has the scheme of a Nest transport, well-formed or not. */
export function isMessageUrl(url: string): boolean {
  return SCHEME.test(url);
}

/** @returns its parts; or the problem, as the end of a sentence that begins with the name of the field. */
export function readMessageUrl(url: string): MessageUrlReading {
  const [scheme = '', name = '', encrypted = ''] = SCHEME.exec(url) ?? [];
  if (scheme === '') return { problem: `must begin with one of ${Object.keys(RULES).join('://, ')}://` };
  const transport = name as MessageTransportName;
  const rules: TransportRules = RULES[transport];
  const [place, query] = split(url.slice(scheme.length), '?');
  const [authority, path = ''] = split(place, '/');
  if (authority.includes('@')) {
    return { problem: 'must not hold credentials: the coordinator is given them (BROKERS)' };
  }
  const secure = encrypted === 's';
  const hosts = hostsOf(authority, rules, secure);
  if (!hosts) return { problem: `must have the form ${rules.form}` };
  const rest = restOf(transport, path, query);
  return 'problem' in rest ? rest : { url: { transport, secure, hosts, ...rest } };
}

/**
 * @param base a message URL without its pattern: `nats://host:4222`, `amqp://host/queue?vhost=name`
 * @returns the URL of a handler that takes messages of this pattern there
 */
export function messageUrl(base: string, pattern: unknown): string {
  const [place, query] = split(base, '?');
  const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  const path = text.split('/').map(encodeURIComponent).join('/');
  return `${place}/${path}${query === undefined ? '' : `?${query}`}`;
}

type Rest = Pick<MessageUrl, 'queue' | 'vhost' | 'pattern'>;

function restOf(
  transport: MessageTransportName,
  path: string,
  query: string | undefined,
): Rest | { readonly problem: string } {
  const malformed = { problem: `must have the form ${RULES[transport].form}` };
  const [first, second] = transport === 'amqp' ? split(path, '/') : [undefined, path];
  const queue = transport === 'amqp' ? decoded(first) : undefined;
  const pattern = patternOf(second ?? '', RULES[transport]);
  if (pattern === undefined || queue === '' || /#/.test(path)) return malformed;
  if ('problem' in pattern) return pattern;
  const vhost = query === undefined ? undefined : vhostOf(transport, query);
  if (query !== undefined && vhost === undefined) return malformed;
  return {
    ...(queue !== undefined && { queue }),
    ...(vhost !== undefined && { vhost }),
    pattern: pattern.value,
  };
}

function patternOf(
  text: string,
  { form, forbidden }: TransportRules,
): { readonly value: MessageUrl['pattern'] } | { readonly problem: string } | undefined {
  const pattern = decoded(text);
  if (pattern === undefined || pattern === '') return undefined;
  if (forbidden?.inPattern.test(pattern)) return { problem: `must name ${forbidden.because}: ${form}` };
  if (!pattern.startsWith('{')) return { value: pattern };
  try {
    return { value: JSON.parse(pattern) as Record<string, unknown> };
  } catch {
    return { problem: 'has a pattern that begins as JSON and is none' };
  }
}

function hostsOf(
  authority: string,
  { ports, severalHosts }: TransportRules,
  secure: boolean,
): MessageHost[] | undefined {
  const hosts = authority.split(',').map((text): MessageHost | undefined => {
    const match = HOST.exec(text);
    const port = match?.[3] === undefined ? ports?.[secure ? 1 : 0] : Number(match[3]);
    const host = match?.[1] ?? match?.[2];
    return host === undefined || port === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
  });
  if (hosts.length > 1 && !severalHosts) return undefined;
  return hosts.every((host) => host !== undefined) ? hosts : undefined;
}

function vhostOf(transport: MessageTransportName, query: string): string | undefined {
  const match = /^vhost=([^&#]+)$/.exec(query);
  return transport === 'amqp' ? decoded(match?.[1]) : undefined;
}

/** @returns what stands before and after the first separator; nothing after it if there is none. */
function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
