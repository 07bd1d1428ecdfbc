/** What no store keeps as it is: SQLite cuts a text at NUL, PostgreSQL refuses it, and UTF-8 has no lone surrogates. */
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /[\0\p{Cs}]/gu;
/** First half of a character outside the basic plane. */
const DANGLING_HALF = /[\uD800-\uDBFF]$/;

/**
 * Makes a text safe to store: what is longer than the limit is cut, never through the middle of a character, and what no
 * store keeps is replaced, so that a participant's stack trace never blocks a status change (Q23).
 *
 * @param most characters kept, as UTF-16 units
 */
export function boundedText(text: string, most: number): string {
  const cut = text.length > most ? text.slice(0, most).replace(DANGLING_HALF, '') : text;
  return cut.replace(UNSTORABLE, '\uFFFD');
}
