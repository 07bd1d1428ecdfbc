import { FAULT_POINTS } from '@nestjs-dtx/coordinator';
import type { Scripts } from '../support/fixture/fixture-service';
import type { Movement } from '../support/fixture/ledger';
import { AMOUNT } from '../support/fixture/transfer';
import type { Crash } from './crash';

/** A saga with the end that it must come to, however often its coordinator dies. */
export interface Story {
  readonly name: string;
  readonly scripts: Scripts;
  readonly end: { readonly status: string; readonly rows: string };
  readonly moved: Movement;
  /** Calls without any crash. */
  readonly calls: readonly string[];
}

/** One story, one death. */
export interface CrashCase {
  readonly story: Story;
  readonly crash: Crash;
  /** The call whose outcome dies with the coordinator: it is made again, and no other is. */
  readonly repeats?: string;
}

const [OUT, IN] = ['OUT[01 action]', 'IN[02 action]'];
const [UNDO_IN, UNDO_OUT] = ['IN.rev[02 compensate]', 'OUT.rev[01 compensate]'];

const succeeds: Story = {
  name: 'succeeds',
  scripts: {},
  end: { status: 'succeed', rows: 'P S P S' },
  moved: { OUT: -AMOUNT, IN: AMOUNT },
  calls: [OUT, IN],
};

const fails: Story = {
  name: 'fails',
  scripts: { IN: 'fail' },
  end: { status: 'failed', rows: 'S S S F' },
  moved: { OUT: 0, IN: 0 },
  calls: [OUT, IN, UNDO_IN, UNDO_OUT],
};

/** A visit is claimed when a step was not done at the first: that one call is repeated by design. */
const succeedsLater: Story = {
  ...succeeds,
  name: 'succeeds at its second visit',
  scripts: { OUT: '1:wait' },
  calls: [OUT, OUT, IN],
};
const failsLater: Story = {
  ...fails,
  name: 'fails at its second visit',
  scripts: { OUT: '1:wait', IN: 'fail' },
  calls: [OUT, OUT, IN, UNDO_IN, UNDO_OUT],
};

const at = (point: Crash['point'], hit = 1): Crash => ({ point, hit });

/** Every named point of both stories. */
export const CRASH_CASES: readonly CrashCase[] = [
  ...[succeeds, fails].flatMap((story): CrashCase[] => [
    { story, crash: at('submit-received') },
    { story, crash: at('submit-stored') },
    { story, crash: at('call-started') },
    { story, crash: at('call-answered'), repeats: OUT },
    { story, crash: at('outcome-stored') },
    { story, crash: at('call-started', 2) },
    { story, crash: at('call-answered', 2), repeats: IN },
    { story, crash: at('final-stored') },
  ]),
  { story: fails, crash: at('aborting-stored') },
  { story: fails, crash: at('call-started', 3) },
  { story: fails, crash: at('compensation-answered'), repeats: UNDO_IN },
  { story: fails, crash: at('compensation-stored') },
  { story: fails, crash: at('call-started', 4) },
  { story: fails, crash: at('compensation-answered', 2), repeats: UNDO_OUT },
  { story: succeedsLater, crash: at('claimed') },
  { story: failsLater, crash: at('claimed') },
];

/** The points that a saga goes through; the others belong to transactions that are prepared (`mode-crashes.ts`). */
export const SAGA_POINTS = FAULT_POINTS.filter((point) => point !== 'prepare-stored' && point !== 'branch-stored');

/** Names the one transaction of a case. */
export function gidOf({ story, crash }: CrashCase): string {
  return `${crash.point}-${crash.hit}-${story.name.replaceAll(' ', '-')}`;
}

/** One case for each fault point, of the story that goes through all of them: for stores that are slow to start over with. */
export const CRASH_SELECTION: readonly CrashCase[] = SAGA_POINTS.map((point) => {
  const found = CRASH_CASES.findLast(({ story, crash }) => crash.point === point && story.end.status === 'failed');
  if (!found) throw new Error(`no case dies at ${point}`);
  return found;
});
