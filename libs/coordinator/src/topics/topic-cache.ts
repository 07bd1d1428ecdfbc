import type { Clock } from '../clock/clock';

/** How long what was read is believed: other coordinators see a change, a deletion included, after no longer than this (C-7). Milliseconds. */
const MAX_AGE_MS = 1000;
/** Topics remembered; beyond it the cache starts afresh. Names that clients make up must not grow it without bound. */
const MAX_TOPICS = 1000;

interface Entry {
  /** Shared by all that ask while it is being read. */
  readonly subscribers: Promise<readonly string[] | undefined>;
  /** Before the read began: an answer is as old as its question. */
  readonly askedAtMs: number;
}

/** Subscribers by topic, so that messages at a high rate do not ask the store each time. Unknown topics count as well. */
export class TopicCache {
  private readonly entries = new Map<string, Entry>();

  /** @param read asks the store */
  constructor(
    private readonly read: (topic: string) => Promise<readonly string[] | undefined>,
    private readonly clock: Clock,
  ) {}

  subscribers(topic: string): Promise<readonly string[] | undefined> {
    const now = this.clock.monotonicMs();
    const known = this.entries.get(topic);
    if (known && now - known.askedAtMs < MAX_AGE_MS) return known.subscribers;
    if (this.entries.size >= MAX_TOPICS) this.entries.clear();
    const entry: Entry = { subscribers: this.read(topic), askedAtMs: now };
    this.entries.set(topic, entry);
    entry.subscribers.catch(() => {
      if (this.entries.get(topic) === entry) this.entries.delete(topic);
    });
    return entry.subscribers;
  }

  /** A change was made here: it is seen here at once. */
  forget(topic: string): void {
    this.entries.delete(topic);
  }
}
