import { Gate, until } from '@nestjs-dtx/testing';
import type { WorkflowContext } from './workflow-context';
import type { WorkflowInstance } from './workflow-instance.spec-helper';
import { WorkflowSetting } from './workflow-setting.spec-helper';

const setting = WorkflowSetting.use();
let { gid, here } = setting;
beforeEach(() => ({ gid, here } = setting));
const rows = () => setting.rows();
const instance = () => setting.instance();

describe('one workflow on two instances at once', () => {
  /** Each instance passes each step when its gate is opened: `here one`. */
  const gates = new Map<string, Gate>();
  const gate = (name: string): Gate => gates.get(name) ?? gates.set(name, new Gate()).get(name)!;
  const open = (...names: string[]): void => names.forEach((name) => gate(name).open());
  let arrived: string[];
  let there: WorkflowInstance;

  beforeEach(async () => {
    gates.clear();
    arrived = [];
    there = await instance();
    for (const [who, each] of Object.entries({ here, there })) {
      each.register('checkout', async (wf: WorkflowContext) => {
        const step = (name: string, result: unknown) =>
          wf
            .branch(name)
            .onCommit(async () => undefined)
            .do(async () => {
              arrived.push(`${who} ${name}`);
              await gate(`${who} ${name}`).pass();
              return result;
            });
        return [await step('one', 'same'), await step('two', who)];
      });
    }
  });

  const execute = (at: WorkflowInstance) => at.client.workflow('checkout', gid).retryInterval(60).execute();
  const arrivals = (...names: string[]) => until(() => names.every((name) => arrived.includes(name)));

  it('has one result, whoever is faster, and learns of each other by equal records too', async () => {
    const both = [execute(here), execute(there)];
    await arrivals('here one', 'there one');
    open('here one', 'there one');
    await arrivals('here two', 'there two');
    open('there two');
    await until(async () => (await rows()).includes('02 action succeed'));
    open('here two');
    expect(await Promise.all(both)).toEqual([
      ['same', 'there'],
      ['same', 'there'],
    ]);
    expect(await execute(here)).toEqual(['same', 'there']);
    expect(await rows()).toEqual(['01 action succeed', '02 action succeed', '02 commit succeed', '01 commit succeed']);
  });

  it('gives way in a resumed run that meets another one', async () => {
    const waited = execute(here);
    await arrivals('here one');
    const resumed = there.client.workflows.resume('checkout', gid);
    await arrivals('there one');
    open('here one');
    await arrivals('here two');
    open('there one');
    expect(await resumed).toEqual({
      status: 425,
      body: { dtm_result: 'ONGOING', message: 'another run of this workflow is under way' },
    });
    open('here two');
    expect(await waited).toEqual(['same', 'here']);
    expect(arrived).toEqual(['here one', 'there one', 'here two']);
  });

  it('goes on with what a faster resumed run has recorded', async () => {
    const waited = execute(here);
    await arrivals('here one');
    const resumed = there.client.workflows.resume('checkout', gid);
    open('there one', 'there two');
    expect(await resumed).toMatchObject({ status: 200 });
    open('here one');
    expect(await waited).toEqual(['same', 'there']);
    expect(arrived).toEqual(['here one', 'there one', 'there two']);
  });
});
