import { Controller, Get, Query } from '@nestjs/common';
import type { ListView, QueryView } from '@nestjs-dtx/protocol';
import { QueryService } from '../../operations/query.service';
import { ListQueryDto } from './dto/list-query.dto';
import { QueryPipe } from './validation';
import { WireException } from './wire.exception';

/** Queries of the dtm protocol (spec 2.10). */
@Controller('api/dtmsvr')
export class QueriesController {
  constructor(private readonly queries: QueryService) {}

  @Get('query')
  async query(@Query('gid') gid?: string | string[]): Promise<QueryView> {
    if (typeof gid !== 'string' || gid === '') throw new WireException(500, { message: 'no gid specified' });
    return this.queries.query(gid);
  }

  @Get('all')
  async all(@Query(new QueryPipe(ListQueryDto)) query: ListQueryDto): Promise<ListView> {
    return this.queries.list(query);
  }
}
