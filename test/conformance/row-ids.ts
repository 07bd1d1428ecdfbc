/** @returns ids of rows that are numbered one after the other, without those that the catalogue does not have */
export function numbered(prefix: string, from: number, to: number, missing: readonly number[] = []): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .filter((number) => !missing.includes(number))
    .map((number) => `${prefix}-${String(number).padStart(2, '0')}`);
}
