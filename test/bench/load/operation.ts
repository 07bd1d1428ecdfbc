/** Carries out one saga and calls back when it is finished, with what went wrong if something did. Never synchronously. */
export type Operation = (done: (problem?: string) => void) => void;

/** Pause of a client that was refused: a lane that is down must not be hammered. Milliseconds. */
export const PAUSE_MS = 10;
