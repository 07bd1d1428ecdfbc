import {
  handlerPath,
  isMessageUrl,
  parseServiceUrl,
  SERVICE_SCHEME,
  type ServiceAnnouncement,
} from '@nestjs-dtx/protocol';
import { BranchCallError } from '../errors/branch-call.error';

/** What the coordinator tells about an instance of a service. */
export type ListedService = Pick<ServiceAnnouncement, 'service' | 'url' | 'handlers'> & { readonly live: boolean };

/** After so long the list is read again. Milliseconds. */
const FRESH_MS = 5000;
/** A name that is not found has it read again sooner, but not more often than this. Milliseconds. */
const MISS_MS = 500;

/**
 * Where `svc://service/handler` leads when the initiator calls a branch itself: the coordinator's list of live instances
 * (design 6), kept for a few seconds.
 */
export class ServiceDirectory {
  private list: Promise<readonly ListedService[]> | undefined;
  private readAtMs = -Infinity;
  private turn = 0;

  /** @param read asks the coordinator */
  constructor(private readonly read: () => Promise<readonly ListedService[]>) {}

  /**
   * @param url `svc://service/handler`; any other is returned as it is
   * @param ops of which the first counts that the handler is announced for
   * @returns URLs of all live instances, each call beginning with another one; an empty URL if this op needs no call
   * @throws BranchCallError when there is no live instance, or no such handler
   * @throws CoordinatorUnreachableError, CoordinatorRefusedError
   */
  async candidates(url: string, ops: readonly string[]): Promise<readonly [string, ...string[]]> {
    if (!url.startsWith(SERVICE_SCHEME)) return [url];
    const name = parseServiceUrl(url);
    if (!name) throw new BranchCallError(url, 'is not of the form svc://service/handler');
    let live = await this.live(name.service, FRESH_MS);
    if (live.length === 0) live = await this.live(name.service, MISS_MS);
    const paths = live.map((instance) => ({ instance, path: pathOf(instance, name.handler, ops) }));
    if (paths.some(({ path }) => path === null)) return [''];
    const all = paths.flatMap(({ instance, path }) => (typeof path === 'string' ? [absolute(instance, path)] : []));
    const urls = all.filter((it) => !isMessageUrl(it));
    const [first, ...others] = this.inTurn(urls);
    if (first !== undefined) return [first, ...others];
    if (all.length > 0)
      throw new BranchCallError(url, 'takes messages, which only the coordinator sends: give it a route');
    const missing =
      live.length === 0 ? 'has no live instance' : `has no handler ${name.handler} for ${ops.join(' or ')}`;
    throw new BranchCallError(url, `service ${name.service} ${missing}`);
  }

  private async live(service: string, freshMs: number): Promise<readonly ListedService[]> {
    if (!this.list || performance.now() - this.readAtMs > freshMs) {
      this.readAtMs = performance.now();
      const reading = this.read();
      this.list = reading;
      // One that failed must not be believed for seconds.
      reading.catch(() => this.list === reading && (this.list = undefined));
    }
    return (await this.list).filter((instance) => instance.live && instance.service === service);
  }

  private inTurn(urls: readonly string[]): string[] {
    if (urls.length === 0) return [];
    const start = this.turn % urls.length;
    this.turn += 1;
    return [...urls.slice(start), ...urls.slice(0, start)];
  }
}

function absolute(instance: ListedService, path: string): string {
  return isMessageUrl(path) ? path : instance.url + path;
}

function pathOf(instance: ListedService, handler: string, ops: readonly string[]): string | null | undefined {
  return ops.map((op) => handlerPath(instance, handler, op)).find((path) => path !== undefined);
}
