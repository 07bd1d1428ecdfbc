import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions } from '@nestjs/microservices';
import { listen } from './listen';
import { messageBranches } from './message-branches';

/*
 * The branch service behind a transport: a Nest microservice whose one handler answers every pattern with success at once, without
 * context or barrier. `GET /calls`, over HTTP, tells how many branches it has been called for.
 */

const { transport, patterns } = messageBranches(process.env);
let calls = 0;

@Controller()
class AccountsController {
  @MessagePattern([...patterns])
  succeed() {
    calls += 1;
    return { dtm_result: 'SUCCESS' };
  }
}

@Module({ controllers: [AccountsController] })
class BranchesModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(BranchesModule, {
    ...transport,
    logger: ['fatal', 'error', 'warn'],
  });
  await app.listen();
  listen('message branch service', (_request, response) => response.end(String(calls)));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
