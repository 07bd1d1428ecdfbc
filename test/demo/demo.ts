import type { Cleanup } from '../support/cleanup';
import { ended } from '../support/saga-state';
import { balanceTable, balancesOf, heldTotal } from './balances';
import { checksOf, ledgersAgree, type Check } from './checks';
import { formatMinor } from './money';
import type { DemoOptions } from './options';
import { STORIES } from './stories';
import { Stage, type Story } from './story';
import { timelineOf } from './timeline';
import { World } from './world';

/** Back-off after an outage: two seconds, then four. Milliseconds. */
const PATIENCE = { withinMs: 30_000 };

/** Plays the stories of all modes and prints them. @returns whether everything held */
export async function runDemo(cleanup: Cleanup, { modes, store }: DemoOptions): Promise<boolean> {
  console.log(`starting a coordinator and two banks on ${store} …`);
  const world = await World.start(cleanup, store);
  const servers = [world.coordinator, ...world.allBanks.map(({ server }) => server)];
  for (const { name, pid, url } of servers) console.log(`  ${name.padEnd(11)}  process ${pid}  ${url}`);
  try {
    return await playAll(
      world,
      modes.flatMap((mode) => STORIES[mode]),
    );
  } catch (error) {
    console.error(`\n${world.lastWords()}\n`);
    throw error;
  }
}

async function playAll(world: World, stories: readonly Story[]): Promise<boolean> {
  const opening = await balancesOf(world.allBanks);
  const checks: Check[] = [];
  for (const [index, story] of stories.entries()) {
    const { mode, from, to, amountMinor } = story.order;
    console.log(`\n${index + 1}. ${mode}: ${story.title}: ${formatMinor(amountMinor)} from ${from} to ${to}`);
    checks.push(...(await play(world, story)));
  }
  const closing = await balancesOf(world.allBanks);
  console.log('\nbalances');
  print(balanceTable(opening, closing));
  const agree = await ledgersAgree(world.allBanks, opening, closing);
  printChecks([agree]);
  return [...checks, agree].every(({ holds }) => holds);
}

async function play(world: World, story: Story): Promise<Check[]> {
  const stage = new Stage(world, story.order);
  const before = await balancesOf(world.allBanks);
  const gid = await story.play(stage);
  const { status } = await ended(world.api, gid, PATIENCE);
  print(await timelineOf(await world.api.query(gid), world.allBanks, stage.notes));
  const ledgers = await Promise.all(world.allBanks.map((bank) => bank.ledger(gid)));
  const after = await balancesOf(world.allBanks);
  const heldMinor = await heldTotal(world.allBanks);
  const inDoubt = await world.inDoubt(gid);
  const checks = checksOf(story, { status, effects: ledgers.flat(), before, after, heldMinor, inDoubt });
  printChecks(checks);
  return checks;
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(`  ${line}`);
}

function printChecks(checks: readonly Check[]): void {
  print(checks.map(({ what, holds }) => `${holds ? 'ok    ' : 'WRONG '}  ${what}`));
}
