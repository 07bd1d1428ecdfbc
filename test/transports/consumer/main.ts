import 'reflect-metadata';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { barrierMigration, DtxModule } from 'nestjs-dtx';
import type { DataSourceOptions } from 'typeorm';
import { Arrivals } from './arrivals';
import { Booking } from './bookings';
import { BookingsController } from './bookings.controller';
import { consumerSettings } from './consumer-settings';
import { MessageInterceptor } from './message.interceptor';

const settings = consumerSettings(process.env);

function databaseOptions(): DataSourceOptions {
  const common = { entities: [Booking], migrations: [barrierMigration()], migrationsRun: true, synchronize: true };
  return settings.database
    ? { type: 'mariadb', ...settings.database, ...common }
    : { ...sqliteOptions(join(settings.folder, 'bookings.sqlite')), ...common };
}

@Module({
  imports: [
    TypeOrmModule.forRoot(databaseOptions()),
    DtxModule.forRoot({
      service: 'bookings',
      coordinator: settings.coordinator,
      messageUrls: [settings.messageUrl],
      heartbeatSeconds: 1,
    }),
  ],
  controllers: [BookingsController],
  providers: [Arrivals],
})
class ConsumerModule {}

/** A service that takes messages, in a process that tests can kill. */
async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(ConsumerModule, new FastifyAdapter(), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  app.useGlobalInterceptors(new MessageInterceptor(app.get(Arrivals), settings.folder));
  app.connectMicroservice<MicroserviceOptions>(settings.transport, { inheritAppConfig: true });
  app.enableShutdownHooks();
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  console.log(`consumer listening on ${await app.getUrl()} `);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
