import type { MicroserviceOptions } from '@nestjs/microservices';

/** What the branch service behind a transport is told. */
export interface MessageBranches {
  readonly transport: MicroserviceOptions;
  /** What it answers to. */
  readonly patterns: readonly string[];
}

const VARIABLE = 'MESSAGE_BRANCHES';

export function messageBranchesEnvironment(branches: MessageBranches): Readonly<Record<string, string>> {
  return { [VARIABLE]: JSON.stringify(branches) };
}

export function messageBranches(env: NodeJS.ProcessEnv): MessageBranches {
  return JSON.parse(env[VARIABLE] ?? '') as MessageBranches;
}
