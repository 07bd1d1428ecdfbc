import { ScriptedService, startTestCoordinator, until, type TestCoordinator } from '@nestjs-dtx/testing';
import { WorkflowInstance } from './workflow-instance.spec-helper';

/** What a test of workflows has around it: a real coordinator, a participant, and an instance that runs workflows. */
export class WorkflowSetting {
  /** Another one for each test. */
  gid = '';
  bank!: ScriptedService;
  here!: WorkflowInstance;
  private coordinator!: TestCoordinator;
  private count = 0;
  private readonly stops: (() => Promise<void>)[] = [];

  /** Declares its hooks: one coordinator for the suite, everything else for each test. */
  static use(): WorkflowSetting {
    const setting = new WorkflowSetting();
    beforeAll(async () => {
      setting.coordinator = await startTestCoordinator({ settings: { retryInterval: 1 } });
    });
    afterAll(() => setting.coordinator.stop());
    beforeEach(() => setting.begin());
    afterEach(() => setting.end());
    return setting;
  }

  /** One more instance of the service. */
  async instance(): Promise<WorkflowInstance> {
    const started = await WorkflowInstance.start(this.coordinator.url);
    this.stops.push(() => started.stop());
    return started;
  }

  /** The recorded steps as `branch op status`. */
  async rows(): Promise<string[]> {
    const { branches } = await this.here.client.query(this.gid);
    return branches.map(({ branch_id: id, op, status }) => `${id} ${op} ${status}`);
  }

  async status(): Promise<string | undefined> {
    return (await this.here.client.query(this.gid)).transaction?.status;
  }

  async ended(): Promise<void> {
    await until(async () => ['succeed', 'failed'].includes((await this.status()) ?? ''));
  }

  private async begin(): Promise<void> {
    this.count += 1;
    this.gid = `wf-${this.count}`;
    this.bank = await ScriptedService.start();
    this.stops.push(() => this.bank.stop());
    this.here = await this.instance();
  }

  private async end(): Promise<void> {
    for (const stop of this.stops.splice(0)) await stop();
  }
}
