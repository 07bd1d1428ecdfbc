/**
 * Makes a text safe to store: NUL is replaced (SQLite cuts a text there, PostgreSQL refuses it) and what is longer than
 * the limit is cut, so that a participant's stack trace never blocks a status change (Q23).
 *
 * @param most characters kept
 */
export function boundedText(text: string, most: number): string {
  const cut = text.length > most ? text.slice(0, most) : text;
  return cut.includes('\0') ? cut.replaceAll('\0', '\uFFFD') : cut;
}
