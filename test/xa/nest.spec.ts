import { Controller, Injectable, Module, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  BarrierEntityManager,
  barrierMigration,
  DtxClient,
  DtxContext,
  DtxFailureException,
  DtxModule,
  DtxWorkflow,
  XaBranch,
  XaBranches,
  type WorkflowContext,
  type XaRunner,
} from 'nestjs-dtx';
import {
  Column,
  DataSource,
  Entity,
  EntityManager,
  EventSubscriber,
  PrimaryColumn,
  type EntitySubscriberInterface,
} from 'typeorm';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type DatabaseAddress, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';

@Entity()
class Note {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  text!: string;
}

const inserted: string[] = [];

@EventSubscriber()
class Notes implements EntitySubscriberInterface<Note> {
  listenTo() {
    return Note;
  }

  afterInsert({ entity }: { entity: Note }): void {
    inserted.push(entity.id);
  }
}

@Injectable()
class Writer {
  private readonly xa: XaRunner<EntityManager>;

  constructor(
    branches: XaBranches,
    private readonly context: DtxContext,
  ) {
    this.xa = branches.runner();
  }

  @DtxWorkflow('write')
  async write(wf: WorkflowContext, { refused }: { refused: boolean }): Promise<string> {
    const step = await wf.xa('note', this.xa, async (manager) => {
      await manager.save(Note, { id: wf.gid, text: 'workflow' });
      return `${this.context.branchId} ${this.context.op}`;
    });
    if (refused) throw new DtxFailureException('changed our mind');
    return step;
  }
}

const ADAPTERS = [
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
] as const;

@Controller()
class NotesController {
  @XaBranch('note')
  async note(@BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.save(Note, { id: 'branch', text: 'branch' });
  }
}

describeEngines(SHARED_ENGINES, ({ name }) => {
  describe.each(ADAPTERS)('an application on %s whose pool is exhausted', (_, adapter) => {
    const cleanup = new Cleanup();
    let app: INestApplication;
    let notes: DataSource;

    beforeAll(async () => {
      inserted.length = 0;
      const coordinator = await startCoordinator({ STORE_DRIVER: 'memory' });
      cleanup.add(() => coordinator.stop());
      const database = await freshDatabase(cleanup, name as ServerName);

      @Module({
        imports: [
          TypeOrmModule.forRoot(optionsOf(database)),
          DtxModule.forRoot({ service: 'notes', coordinator: coordinator.url, xa: { connections: 2 } }),
        ],
        controllers: [NotesController],
        providers: [Writer],
      })
      class NotesModule {}

      const testing = await Test.createTestingModule({ imports: [NotesModule] }).compile();
      app = testing.createNestApplication(adapter(), { logger: false });
      cleanup.add(() => app.close());
      await app.listen(0, '127.0.0.1');
      notes = app.get(DataSource);
    });
    afterAll(() => cleanup.run());

    /** Runs while the only connection of the application's own pool is taken. */
    const meanwhile = <T>(work: () => Promise<T>): Promise<T> => notes.transaction(() => work());
    const written = async (): Promise<string[]> => (await notes.manager.find(Note)).map(({ id }) => id);

    test('does the xa step of a workflow with its own entities and subscribers, and commits it', async () => {
      const workflow = app.get(DtxClient).workflow<{ refused: boolean }, string>('write', 'writes');
      expect(await meanwhile(() => workflow.execute({ refused: false }))).toBe('01 action');
      expect(await written()).toEqual(['writes']);
      expect(inserted).toEqual(['writes']);
    });

    test('rolls it back', async () => {
      const workflow = app.get(DtxClient).workflow<{ refused: boolean }, string>('write', 'refused');
      await expect(meanwhile(() => workflow.execute({ refused: true }))).rejects.toMatchObject({
        name: 'TransactionFailedError',
        reason: 'changed our mind',
      });
      expect(await written()).not.toContain('refused');
    });

    test('takes part in xa transactions of others', async () => {
      const url = `${await app.getUrl()}/dtx/note/xa`;
      const xa = app.get(DtxClient).xa('others').waitResult();
      await meanwhile(() => xa.run(async (each) => void (await each.branch(url))));
      expect(await written()).toContain('branch');
    });
  });
});

function optionsOf({ driver, host, port, user, password, database }: DatabaseAddress) {
  return {
    type: driver === 'postgres' ? ('postgres' as const) : ('mysql' as const),
    host,
    port,
    username: user,
    password,
    database,
    poolSize: 1,
    entities: [Note],
    subscribers: [Notes],
    synchronize: true,
    migrations: [barrierMigration()],
    migrationsRun: true,
  };
}
