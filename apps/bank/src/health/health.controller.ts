import { Controller, Get } from '@nestjs/common';
import { BarrierService } from 'nestjs-dtx';

@Controller('health')
export class HealthController {
  constructor(private readonly barriers: BarrierService) {}

  /** Answers 200 if the database does. */
  @Get()
  async check(): Promise<{ status: 'ok' }> {
    await this.barriers.transaction((manager) => manager.query('select 1'));
    return { status: 'ok' };
  }
}
