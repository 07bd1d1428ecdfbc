import { parseArgs } from 'node:util';
import { SDKS, type Sdk } from './sdks';

/** What one run is to do. */
export interface InteropOptions {
  readonly sdks: readonly Sdk[];
  readonly writeDocs: boolean;
}

/** @throws Error that names what is wrong with the command line */
export function parseOptions(args: readonly string[]): InteropOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string', multiple: true }, 'write-docs': { type: 'boolean', default: false } },
  });
  const names = values.only ?? SDKS.map(({ name }) => name);
  return { sdks: names.map(sdkOf), writeDocs: values['write-docs'] };
}

function sdkOf(name: string): Sdk {
  const found = SDKS.find((sdk) => sdk.name === name);
  if (found === undefined) throw new Error(`--only=${name}: must be one of ${SDKS.map((sdk) => sdk.name).join(', ')}`);
  return found;
}
