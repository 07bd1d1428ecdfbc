import { Controller, Get, Query } from '@nestjs/common';
import type { KvListView, KvPageView } from '@nestjs-dtx/protocol';
import { KvService } from '../../operations/kv.service';
import { KvQueryDto, KvScanDto } from './dto/kv-query.dto';
import { QueryPipe } from './validation';

/** A look into the kv table (spec 2.11): topics, services. */
@Controller('api/dtmsvr')
export class KvController {
  constructor(private readonly kv: KvService) {}

  @Get('scanKV')
  scan(@Query(new QueryPipe(KvScanDto)) { cat, position, limit }: KvScanDto): Promise<KvPageView> {
    return this.kv.scan({ category: cat, limit, ...(position !== undefined && { afterKey: position }) });
  }

  @Get('queryKV')
  query(@Query(new QueryPipe(KvQueryDto)) { cat, key }: KvQueryDto): Promise<KvListView> {
    return this.kv.query(cat, key);
  }
}
