import { MAX_ANSWER_BYTES, type HttpCallRequest, type WhenDone } from '../http-call';
import { AnswerParser } from './answer-parser';
import { requestHead } from './request-head';

const NO_PAYLOAD = Buffer.alloc(0);

/** One call of a connection: what is sent, the answer as far as it has come, and who is told. */
export class PlainExchange {
  readonly head: string;
  readonly payload: Buffer;
  readonly answer: AnswerParser;
  /** Whether anything may have reached the other side. */
  isSent = false;
  private timer: NodeJS.Timeout | undefined;

  /** @throws Error when the request cannot be sent at all */
  constructor(
    private readonly request: HttpCallRequest,
    host: string,
    private readonly done: WhenDone,
  ) {
    const { buffer, byteOffset, byteLength } = request.payload;
    this.head = requestHead(request, host);
    this.payload = request.method === 'POST' ? Buffer.from(buffer, byteOffset, byteLength) : NO_PAYLOAD;
    this.answer = new AnswerParser(request.maxAnswerBytes ?? MAX_ANSWER_BYTES);
  }

  startTimer(expire: () => void): void {
    this.timer = setTimeout(expire, this.request.timeoutMs);
  }

  finish(): void {
    clearTimeout(this.timer);
    this.done({ answered: true, status: this.answer.status, body: this.answer.body() });
  }

  fail(reason: string): void {
    clearTimeout(this.timer);
    this.done({ answered: false, reason });
  }
}
