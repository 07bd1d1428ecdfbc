/** What came back breaks the rules of HTTP/1.1, or uses something that was not asked for. Where it ends cannot be told any more. */
export class MalformedAnswer extends Error {
  constructor(what: string) {
    super(`the answer is not proper HTTP/1.1: ${what}`);
  }
}
