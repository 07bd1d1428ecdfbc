/** Most entries of a list in a condition: from 1000 on MariaDB turns the list into a table and joins it. */
export const MAX_LIST = 500;

/** @returns the list in parts of at most `size` entries */
export function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}
