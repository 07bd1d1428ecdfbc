import { Controller, Get, Header } from '@nestjs/common';
import { MetricsService } from '../../metrics/metrics.service';

/** What Prometheus scrapes (spec 2.12). */
@Controller('api/metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
