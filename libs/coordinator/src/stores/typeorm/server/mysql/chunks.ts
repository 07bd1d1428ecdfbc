/** Most entries of a list in a condition: from 1000 on MariaDB turns the list into a table and joins it. */
export const MAX_LIST = 500;

/** @returns the list in parts of at most `size` entries */
export function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}

/**
 * @returns the list in parts that weigh at most `most` together; an entry that is heavier by itself stands alone, so that
 *   the server's refusal of it concerns no other
 */
export function chunksByWeight<T>(list: readonly T[], most: number, weightOf: (entry: T) => number): T[][] {
  const chunks: T[][] = [];
  let weight = Infinity;
  for (const entry of list) {
    const added = weightOf(entry);
    if (weight + added > most) {
      chunks.push([]);
      weight = 0;
    }
    chunks.at(-1)!.push(entry);
    weight += added;
  }
  return chunks;
}
