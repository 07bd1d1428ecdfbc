import type { Command } from '../../support/run-tool';
import type { Mode } from '../cases';

export type Protocol = 'http' | 'grpc';

/** A tool that has to be on PATH. */
export interface Tool extends Command {
  /** Finds the version in what the command prints. */
  readonly version: RegExp;
  /** The oldest version that will do, as `1.22`. */
  readonly atLeast: string;
}

/** A published SDK, and a program of ours that uses it. A further one is a file with this. */
export interface Sdk {
  /** Folder of the program's sources, and its name on the command line. */
  readonly name: string;
  readonly language: string;
  /** What its package manager fetches. */
  readonly packageName: string;
  readonly version: string;
  readonly modes: Readonly<Partial<Record<Protocol, readonly Mode[]>>>;
  readonly tools: readonly Tool[];
  /** Gets everything from the registry. Like the next ones, run in the folder that the sources were copied to. */
  readonly fetch: readonly Command[];
  readonly build: readonly Command[];
  /** Environment of these commands, beside that of the caller. */
  readonly env: Readonly<Record<string, string>>;
  /** @param folder the copy of the sources. @returns the command that starts the program */
  run(folder: string): Command;
}
