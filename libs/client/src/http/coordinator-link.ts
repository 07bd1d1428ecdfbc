/** One request to the coordinator, in the words of its HTTP API. */
export interface CoordinatorCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base path of the API, as `/submit`. */
  readonly path: string;
  /**
   * Which API: dtm's, or what this project's coordinators offer beyond it.
   * @default 'dtm'
   */
  readonly api?: 'dtm' | 'v2';
  /** Fields of a command, by their names over HTTP. */
  readonly body?: object;
}

/** An answer, whatever its status. */
export interface Answer {
  readonly answered: true;
  readonly status: number;
  readonly body: string;
  /** The `retry-after` header as it came. */
  readonly retryAfter?: string;
}

/** No answer. */
export interface Silence {
  readonly answered: false;
  readonly cause: Error;
  /** False if the request has certainly not reached the coordinator. */
  readonly mayHaveArrived: boolean;
}

/** Single exchanges with one coordinator, over whatever transport. */
export interface CoordinatorLink {
  /** Where the coordinator is, for errors and for participants that are told. */
  readonly address: string;
  /** Whether payloads may be any bytes, or must be text. */
  readonly carriesBytes: boolean;
  /** Whether {@link close} was called: no exchange will succeed any more. */
  readonly isClosed: boolean;

  /** @param timeoutMs for the whole exchange, connecting included */
  exchange(call: CoordinatorCall, timeoutMs: number): Promise<Answer | Silence>;

  /** Lets the exchanges under way end, then closes the connections. */
  close(): Promise<void>;
}
