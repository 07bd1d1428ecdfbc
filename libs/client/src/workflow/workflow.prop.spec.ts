import fc from 'fast-check';
import { functionOf, meaningOf, programs, type Program } from './workflow-program.spec-helper';
import { MortalProcess, WorkflowWorld } from './workflow-world.spec-helper';

/** Moments that a process lives through; short ones are the interesting ones. */
const lives = fc.array(fc.nat({ max: 12 }), { maxLength: 12 });

async function attempt(program: Program, world: WorkflowWorld, process: MortalProcess): Promise<void> {
  await world.run(functionOf(program, world, process), undefined, process).catch(() => undefined);
}

/** The one law: all that was meant happened, nothing else, and each once. */
function expectMeaning(program: Program, world: WorkflowWorld): void {
  const { status, effects } = meaningOf(program);
  expect(world.end?.status).toBe(status);
  expect(world.effects.toSorted()).toEqual(effects.toSorted());
}

describe('a workflow, wherever its processes die,', () => {
  it('comes to the same end, with each effect once', async () => {
    await fc.assert(
      fc.asyncProperty(programs, lives, async (program, moments) => {
        const undisturbed = new WorkflowWorld();
        await attempt(program, undisturbed, new MortalProcess());
        expectMeaning(program, undisturbed);

        const world = new WorkflowWorld();
        for (const life of moments) await attempt(program, world, new MortalProcess(life));
        await attempt(program, world, new MortalProcess());
        expectMeaning(program, world);
        expect(world.end).toEqual(undisturbed.end);
        expect(new Set(world.rows.map((row) => JSON.stringify(row)))).toEqual(
          new Set(undisturbed.rows.map((row) => JSON.stringify(row))),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('goes on from any recorded prefix', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(), async (program, cut) => {
        const whole = new WorkflowWorld();
        await attempt(program, whole, new MortalProcess());
        const resumed = new WorkflowWorld();
        resumed.rows.push(...whole.rows.slice(0, cut % (whole.rows.length + 1)));
        await attempt(program, resumed, new MortalProcess());
        expect(resumed.end).toEqual(whole.end);
        expect(new Set(resumed.notation)).toEqual(new Set(whole.notation));
        // What was recorded was not attempted again.
        expect(resumed.attempts).toBeLessThanOrEqual(whole.attempts);
      }),
      { numRuns: 200 },
    );
  });

  it('comes to one end when several processes run it at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        programs,
        fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 3 }),
        async (program, lifes) => {
          const world = new WorkflowWorld();
          const processes = [...lifes.map((moments) => new MortalProcess(moments)), new MortalProcess()];
          const ends = await Promise.allSettled(
            processes.map((process) => world.run(functionOf(program, world, process), undefined, process)),
          );
          expectMeaning(program, world);
          for (const end of ends) {
            if (end.status === 'fulfilled') expect(end.value).toEqual(world.end);
          }
          expect(ends.at(-1)?.status).toBe('fulfilled');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does nothing when it is run after its end', async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const world = new WorkflowWorld();
        await attempt(program, world, new MortalProcess());
        const { attempts } = world;
        await attempt(program, world, new MortalProcess());
        expect(world.attempts).toBe(attempts);
        expectMeaning(program, world);
      }),
    );
  });
});
