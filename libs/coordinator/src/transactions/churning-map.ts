/**
 * A map by text for entries that come and go all the time, each staying for milliseconds.
 *
 * Not a `Map`: every few hundred entries it moves to a new table, and V8 lets the old table point at the new one. As soon
 * as one old table has become an old object, all later ones are reachable from it, and with them everything that was in
 * them: measured, half of the time of a young collection went into keeping transactions that had long ended. An object used
 * as a dictionary has no such chain.
 */
export class ChurningMap<Value> {
  /** Without a prototype, as a gid may be any text. */
  private readonly entries = Object.create(null) as Record<string, Value>;
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: string): Value | undefined {
    return this.entries[key];
  }

  set(key: string, value: Value): void {
    if (!(key in this.entries)) this.count += 1;
    this.entries[key] = value;
  }

  /** Removes the entry, if it still is this one. */
  remove(key: string, value: Value): void {
    if (this.entries[key] !== value) return;
    this.count -= 1;
    // A dictionary is what this object is meant to become by it.
    // oxlint-disable-next-line no-dynamic-delete
    delete this.entries[key];
  }

  values(): Value[] {
    return Object.values(this.entries);
  }
}
