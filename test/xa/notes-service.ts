import { Body, Controller, Module, type INestApplication, type Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BarrierEntityManager, barrierMigration, DtxModule, XaBranch, type DtxOptions } from 'nestjs-dtx';
import { Column, Entity, EntityManager, PrimaryColumn } from 'typeorm';
import type { Cleanup } from '../support/cleanup';
import type { DatabaseAddress } from '../support/servers';

/** The databases of the service, by the names of their DataSources and of the handlers that write there. */
export const PLACES = ['first', 'second'] as const;
export type Place = (typeof PLACES)[number];
export type Databases = Readonly<Record<Place, DatabaseAddress>>;

/** What an instance is told. */
export type NotesOptions = Pick<DtxOptions, 'coordinator' | 'xaReconciler'>;

@Entity('note')
class Note {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  gid!: string;

  /** How often the work of the branch has taken effect. */
  @Column({ type: 'int' })
  times!: number;
}

@Controller()
class NotesController {
  @XaBranch('first', { dataSource: 'first' })
  first(@BarrierEntityManager() manager: EntityManager, @Body() note: { gid: string }): Promise<void> {
    return noted(manager, note);
  }

  @XaBranch('second', { dataSource: 'second' })
  second(@BarrierEntityManager() manager: EntityManager, @Body() note: { gid: string }): Promise<void> {
    return noted(manager, note);
  }
}

async function noted(manager: EntityManager, { gid }: { readonly gid: string }): Promise<void> {
  const note = await manager.findOneBy(Note, { gid });
  await manager.save(Note, { gid, times: (note?.times ?? 0) + 1 });
}

/** One instance of a service with XA branches in two databases. */
export class NotesService {
  private stopped: Promise<void> | undefined;

  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  /** Starts an instance on a free port. */
  static async start(cleanup: Cleanup, databases: Databases, options: NotesOptions): Promise<NotesService> {
    const testing = await Test.createTestingModule({ imports: [moduleOf(databases, options)] }).compile();
    const app = testing.createNestApplication(new FastifyAdapter({ forceCloseConnections: true }), { logger: false });
    await app.listen(0, '127.0.0.1');
    const service = new NotesService(app, await app.getUrl());
    cleanup.add(() => service.stop());
    return service;
  }

  /** URL of the branch in one database. */
  branch(place: Place): string {
    return `${this.url}/dtx/${place}/xa`;
  }

  /** Ends the instance; nobody will ever answer at its address again. */
  stop(): Promise<void> {
    return (this.stopped ??= this.app.close());
  }
}

function moduleOf(databases: Databases, options: NotesOptions): Type {
  @Module({
    imports: [
      ...PLACES.map((name) => TypeOrmModule.forRoot(dataSourceOf(name, databases[name]))),
      DtxModule.forRoot({ service: 'notes', register: false, ...options }),
    ],
    controllers: [NotesController],
  })
  class NotesModule {}
  return NotesModule;
}

function dataSourceOf(name: Place, { driver, host, port, user, password, database }: DatabaseAddress) {
  const address = { host, port, username: user, password, database };
  const schema = { entities: [Note], synchronize: true, migrations: [barrierMigration()], migrationsRun: true };
  return { name, type: driver === 'postgres' ? ('postgres' as const) : ('mysql' as const), ...address, ...schema };
}
