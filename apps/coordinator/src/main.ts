import 'reflect-metadata';
import { DtxError } from '@nestjs-dtx/protocol';
import { parseCommandLine, USAGE } from './commands/command-line';
import { migrate } from './commands/migrate.command';
import { serve } from './commands/serve.command';
import { coordinatorOptions } from './config/coordinator-options';
import { loadConfig } from './config/load-config';

async function main(): Promise<void> {
  const line = parseCommandLine(process.argv.slice(2));
  if (line.command === 'help') return print(USAGE);
  const config = loadConfig();
  if (line.command === 'serve') return serve(config, print);
  process.exitCode = await migrate(coordinatorOptions(config).store, line, print);
  return undefined;
}

const print = (text: string): void => console.log(text);

main().catch((error: unknown) => {
  // What an operator can mend is told in one line; anything else is a defect, and its stack says where.
  console.error(error instanceof DtxError ? `coordinator: ${error.code}: ${error.message}` : error);
  process.exit(1);
});
