/** @returns the list from another beginning: measurements in turns must not always follow the same neighbour. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
