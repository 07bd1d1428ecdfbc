import type { AddressInfo } from 'node:net';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';

/** What the service received, and how it answers: by the name of the pattern. */
export interface ServiceScript {
  readonly received: unknown[];
  answer: (message: { readonly gid: string; readonly payload: unknown }) => unknown;
}

/** A service without this project's library, that takes messages over TCP. @param port 0 takes any */
export async function startTcpService(
  script: ServiceScript,
  port = 0,
): Promise<{ app: INestMicroservice; port: number }> {
  @Controller()
  class BankController {
    @MessagePattern(['out', { cmd: 'out' }])
    out(@Payload() message: { gid: string; payload: unknown }): unknown {
      script.received.push(message);
      return script.answer(message);
    }
  }
  @Module({ controllers: [BankController] })
  class BankModule {}
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(BankModule, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  await app.listen();
  return { app, port: app.unwrap<{ address(): AddressInfo }>().address().port };
}
