import type { ListView, QueryView } from '@nestjs-dtx/protocol';
import { get, post, send, type Reply } from './http';

/** The coordinator's HTTP interface as a client without any SDK sees it. */
export class CoordinatorApi {
  /** @param grpcAddress `host:port` of its gRPC interface, where it has one */
  constructor(
    readonly url: string,
    readonly grpcAddress?: string,
  ) {}

  /** GET below `/api/dtmsvr`. */
  get(path: string): Promise<Reply> {
    return get(`${this.url}/api/dtmsvr/${path}`);
  }

  /** POST of JSON below `/api/dtmsvr`. */
  post(path: string, body: unknown): Promise<Reply> {
    return post(`${this.url}/api/dtmsvr/${path}`, body);
  }

  /** POST of a text below `/api/dtmsvr`, whatever it is. */
  postText(path: string, body: string | Buffer, contentType = 'application/json'): Promise<Reply> {
    return send('POST', `${this.url}/api/dtmsvr/${path}`, { body, headers: { 'content-type': contentType } });
  }

  submit(body: unknown): Promise<Reply> {
    return this.post('submit', body);
  }

  prepare(body: unknown): Promise<Reply> {
    return this.post('prepare', body);
  }

  /** @throws Error unless it is answered 200 */
  async query(gid: string): Promise<QueryView> {
    return this.view<QueryView>(`query?gid=${encodeURIComponent(gid)}`);
  }

  /** @throws Error unless it is answered 200 */
  async all(filter: Readonly<Record<string, string | number>>): Promise<ListView> {
    const pairs = Object.entries(filter).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    return this.view<ListView>(`all?${pairs.join('&')}`);
  }

  private async view<T>(path: string): Promise<T> {
    const reply = await this.get(path);
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`);
    return reply.json as T;
  }
}
