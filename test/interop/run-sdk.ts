import type { Cleanup } from '../support/cleanup';
import { ServerProcess } from '../support/server-process';
import { casesOf, rowsOf, type Case } from './catalogue';
import { buildProgram, FetchError } from './program-folder';
import { runCase, type CaseResult, type Judges } from './run-cases';
import type { Protocol, Sdk } from './sdks';
import { missingTool } from './toolchain';

/** What a run of one SDK gave. */
export interface SdkResult {
  readonly sdk: Sdk;
  /** Why nothing could be tried. */
  readonly missing?: string;
  readonly cases: readonly CaseResult[];
}

/** What a run needs: the judges, and addresses in the words of the programs. */
export interface Rig extends Judges {
  readonly cleanup: Cleanup;
  readonly env: Readonly<Record<string, string>>;
}

/** Builds the program of an SDK and tries every mode of it. @throws Error when it does not build or start */
export async function runSdk(sdk: Sdk, rig: Rig): Promise<SdkResult> {
  const missing = await missingTool(sdk.tools);
  if (missing !== undefined) return { sdk, missing, cases: [] };
  try {
    const folder = await buildProgram(sdk);
    const protocols = Object.keys(sdk.modes) as Protocol[];
    const results = await Promise.all(protocols.map((protocol) => runProgram(sdk, protocol, { ...rig, folder })));
    return { sdk, cases: results.flat() };
  } catch (error) {
    if (error instanceof FetchError) return { sdk, missing: error.message, cases: [] };
    throw error;
  }
}

/** One process speaks one protocol. Its transfers run side by side. */
async function runProgram(sdk: Sdk, protocol: Protocol, rig: Rig & { readonly folder: string }): Promise<CaseResult[]> {
  const program = await ServerProcess.startProgram({
    name: `${sdk.name} over ${protocol}`,
    ...sdk.run(rig.folder),
    env: { ...rig.env, PROTOCOL: protocol },
  });
  rig.cleanup.add(() => program.stop());
  const cases = rowsOf(sdk)
    .filter((row) => row.protocol === protocol)
    .flatMap(casesOf);
  const results = await Promise.all(cases.map((one: Case) => runCase(one, program, rig)));
  if (results.some(({ problems }) => problems.length > 0))
    console.log(`${program.name} printed:\n${program.output.slice(-6000)}`);
  return results;
}
