import { StoreSchema, type Reporter, type SchemaStatus, type StoreOptions } from '@nestjs-dtx/coordinator';
import type { MigrateFlags } from './command-line';

type Print = (line: string) => void;

/** Exit code of `--status` when the schema is not what this version needs: for scripts of deployments. */
export const PENDING = 3;

/**
 * `coordinator migrate`: brings the schema of the configured store up to date, or tells what that would be.
 *
 * @returns the exit code
 * @throws DtxError with what an operator can mend
 */
export async function migrate(store: StoreOptions, flags: MigrateFlags, print: Print): Promise<number> {
  const schema = await StoreSchema.connect(store);
  try {
    if (flags.status) return printStatus(await schema.status(), print);
    const { sourceTimeZone } = flags;
    if (flags.sql) (await schema.sql({ sourceTimeZone })).forEach((statement) => print(`${statement};`));
    else await run(schema, sourceTimeZone, print);
    return 0;
  } finally {
    await schema.close();
  }
}

async function run(schema: StoreSchema, sourceTimeZone: string | undefined, print: Print): Promise<void> {
  await schema.migrate({ sourceTimeZone, report: eachPercent(print) });
  print('the schema is up to date');
}

function printStatus({ applied, pending, takeOver }: SchemaStatus, print: Print): number {
  applied.forEach((name) => print(`applied  ${name}`));
  pending.forEach((name) => print(`pending  ${name}`));
  if (takeOver === 'needed') print('pending  take-over: the tables are those of dtm');
  if (takeOver === 'under way') print('pending  take-over: begun, and not ended');
  return pending.length === 0 && takeOver === 'none' ? 0 : PENDING;
}

/** A big table is copied in thousands of parts: one line for each percent is enough. */
function eachPercent(print: Print): Reporter {
  let printed = '';
  return (step, progress) => {
    const percent = progress && Math.floor((100 * progress.done) / Math.max(progress.total, 1));
    const key = `${step} ${percent}`;
    if (key === printed) return;
    printed = key;
    print(progress ? `${step}: ${progress.done} of ${progress.total} rows` : step);
  };
}
