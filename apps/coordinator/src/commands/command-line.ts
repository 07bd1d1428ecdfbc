import { parseArgs } from 'node:util';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** What `migrate` is to do. */
export interface MigrateFlags {
  /** Tell what is applied and pending, and change nothing. */
  readonly status: boolean;
  /** Print the statements, and run none. */
  readonly sql: boolean;
  readonly sourceTimeZone: string | undefined;
}

/** What the coordinator is started for. */
export type CommandLine =
  { readonly command: 'serve' } | { readonly command: 'help' } | ({ readonly command: 'migrate' } & MigrateFlags);

export const USAGE = `usage: coordinator [-c FILE]
       coordinator migrate [-c FILE] [--source-time-zone=ZONE] [--status | --sql]

  migrate             bring the schema of the store up to date; takes a database of dtm over
  --source-time-zone  zone of the local times in a database of dtm on MySQL: Europe/Berlin, +08:00
  --status            tell what is applied and pending; exits with 3 when there is something to do
  --sql               print the statements instead of running them
  -c, --config        YAML file with the configuration`;

/**
 * @param args without the program
 * @throws DtxError `DTX_INVALID_CONFIG` for what nobody knows
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const { help = false, status = false, sql = false, 'source-time-zone': sourceTimeZone } = values;
  const [command = 'serve', ...others] = positionals;
  if (help || command === 'help') return { command: 'help' };
  if (others.length > 0) throw wrong(`what is ${others.join(' ')}?`);
  if (command === 'migrate') {
    if (status && sql) throw wrong('--status and --sql exclude each other');
    return { command, status, sql, sourceTimeZone };
  }
  if (command !== 'serve') throw wrong(`there is no command ${command}`);
  if (status || sql || sourceTimeZone !== undefined) throw wrong('these options belong to the command migrate');
  return { command };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        // Read where the configuration is loaded.
        config: { type: 'string', short: 'c' },
        help: { type: 'boolean', short: 'h' },
        status: { type: 'boolean' },
        sql: { type: 'boolean' },
        'source-time-zone': { type: 'string' },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message, error);
  }
}

function wrong(problem: string, cause?: unknown): DtxError {
  return new DtxError(ERROR_CODES.invalidConfig, `${problem}\n${USAGE}`, { cause });
}
