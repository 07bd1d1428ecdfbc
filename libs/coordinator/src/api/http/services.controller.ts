import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { ServiceRegistry } from '../../registry/service-registry';
import { ServiceAnnouncementDto } from './dto/service-announcement.dto';
import { BodyPipe } from './validation';
import { JSON_TYPE, SUCCESS_BODY } from './wire.exception';

/** The service registry (design 6). */
@Controller('api/v2/services')
export class ServicesController {
  constructor(private readonly registry: ServiceRegistry) {}

  /** Registers an instance; sent again it is the heartbeat. */
  @Post()
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async announce(@Body(new BodyPipe(ServiceAnnouncementDto)) announcement: ServiceAnnouncementDto): Promise<string> {
    const { service, instance, url, handlers, ttl } = announcement;
    await this.registry.announce({ service, instance, url, handlers, ttl });
    return SUCCESS_BODY;
  }

  @Get()
  list() {
    return { services: this.registry.list() };
  }

  @Delete(':service/:instance')
  @Header('content-type', JSON_TYPE)
  async withdraw(@Param('service') service: string, @Param('instance') instance: string): Promise<string> {
    if (await this.registry.withdraw(service, instance)) return SUCCESS_BODY;
    throw new DtxError(ERROR_CODES.notFound, 'there is no such instance of this service');
  }
}
