import type { HttpCallRequest, WhenDone } from './http-call';

/** A place for one call at a time to an origin. It connects when it has to, and keeps the connection as long as it may. */
export interface HttpConnection {
  /** Never throws: whatever goes wrong is told to `done`. Not to be called while another call is under way. */
  call(request: HttpCallRequest, done: WhenDone): void;
  /** Ends the connection if it has been idle for too long. @returns whether there is one to be looked after any more */
  endIfIdle(): boolean;
  /** Ends the connection, after the call that is under way. */
  close(): void;
  /** Ends the connection; a call under way fails. */
  destroy(): Promise<void>;
}
