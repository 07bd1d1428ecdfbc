import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';

/** Milliseconds that one exchange may take. */
const TIMEOUT_MS = 3000;
/** As much of an error's text as a log line bears. Characters. */
const MAX_TEXT = 300;

/** The coordinator's service registry, `/api/v2/services`. */
export class RegistryClient {
  private readonly url: string;

  /** @param coordinator with or without dtm's `/api/dtmsvr` */
  constructor(
    coordinator: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.url = `${coordinator.replace(/\/+$/, '').replace(/\/api\/dtmsvr$/, '')}/api/v2/services`;
  }

  /** @throws Error when it does not answer, or refuses */
  async announce(announcement: ServiceAnnouncement): Promise<void> {
    await this.exchange(this.url, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify(announcement),
    });
  }

  /** @throws Error when it does not answer, or knows no such instance */
  async withdraw({ service, instance }: ServiceAnnouncement): Promise<void> {
    await this.exchange(`${this.url}/${service}/${instance}`, { method: 'DELETE', headers: this.headers });
  }

  private async exchange(url: string, init: RequestInit): Promise<void> {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, MAX_TEXT)}`);
  }
}
