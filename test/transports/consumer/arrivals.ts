import { Injectable } from '@nestjs/common';

/** Messages that have come, by transaction and branch. */
@Injectable()
export class Arrivals {
  private readonly counts = new Map<string, Map<string, number>>();
  private readonly waiting: { readonly key: string; readonly release: () => void }[] = [];

  note(gid: string, name: string): void {
    const counts = this.counts.get(gid) ?? new Map<string, number>();
    this.counts.set(gid, counts.set(name, (counts.get(name) ?? 0) + 1));
    for (const { key, release } of this.waiting) if (key === `${gid} ${name}`) release();
  }

  count(gid: string, name: string): number {
    return this.counts.get(gid)?.get(name) ?? 0;
  }

  all(gid: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts.get(gid) ?? []);
  }

  /** Waits for the next message of a branch; where messages come one by one it is not seen before this one is done. */
  next(gid: string, name: string, withinMs: number): Promise<void> {
    return new Promise((release) => {
      this.waiting.push({ key: `${gid} ${name}`, release });
      setTimeout(release, withinMs);
    });
  }
}
