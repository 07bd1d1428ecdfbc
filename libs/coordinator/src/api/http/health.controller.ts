import { All, Controller, Get, HttpCode } from '@nestjs/common';
import { HealthService } from '../../operations/health.service';
import { WireException } from './wire.exception';

/** Liveness and readiness (design 2), and the ping that SDKs use (spec 2.3). */
@Controller('api')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @All('ping')
  @HttpCode(200)
  ping() {
    return { msg: 'pong' };
  }

  /** The process runs; nothing else is looked at, or an outage of the store would restart every coordinator. */
  @Get('v2/health/live')
  live() {
    return { status: 'ok' };
  }

  /** 200 while the store answers and no shutdown has begun, else 503. */
  @Get('v2/health/ready')
  async ready() {
    const readiness = await this.health.readiness();
    if (readiness.status !== 'ok') throw new WireException(503, { ...readiness });
    return readiness;
  }
}
