/** What `/version` answers and the start prints; a test compares it with package.json. */
export const VERSION = '0.1.0';
