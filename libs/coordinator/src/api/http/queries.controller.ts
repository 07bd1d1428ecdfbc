import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { checkGid, type ListView, type QueryView } from '@nestjs-dtx/protocol';
import type { CoordinatorSettings } from '../../coordinator.settings';
import { SETTINGS } from '../../coordinator.tokens';
import { QueryService } from '../../operations/query.service';
import { VERSION } from '../../version';
import { GidDto } from './dto/gid.dto';
import { ListQueryDto } from './dto/list-query.dto';
import { ResetCronTimeDto } from './dto/reset-cron-time.dto';
import { BodyPipe, QueryPipe } from './validation';
import { JSON_TYPE, SUCCESS_BODY, WireException } from './wire.exception';

/** Default of `resetCronTime`'s distance, in multiples of `TIMEOUT_TO_FAIL` (spec 2.11). */
const FAR_FUTURE_TIMEOUTS = 3;

/** Queries and schedule nudges of the dtm protocol (spec 2.4, 2.7, 2.10, 2.11). */
@Controller('api/dtmsvr')
export class QueriesController {
  constructor(
    private readonly queries: QueryService,
    @Inject(SETTINGS) private readonly settings: CoordinatorSettings,
  ) {}

  @Get('version')
  version() {
    return { version: `v${VERSION}` };
  }

  @Get('query')
  async query(@Query('gid') gid?: string | string[]): Promise<QueryView> {
    if (typeof gid !== 'string' || gid === '') throw new WireException(500, { message: 'no gid specified' });
    return this.queries.query(gid);
  }

  @Get('all')
  async all(@Query(new QueryPipe(ListQueryDto)) query: ListQueryDto): Promise<ListView> {
    return this.queries.list(query);
  }

  @Post('resetNextCronTime')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async resetNextCronTime(@Body(new BodyPipe(GidDto)) { gid }: GidDto): Promise<string> {
    await this.queries.rearm(checkGid(gid));
    return SUCCESS_BODY;
  }

  /** A GET that changes state, kept because operators' scripts use it. */
  @Get('resetCronTime')
  async resetCronTime(@Query(new QueryPipe(ResetCronTimeDto)) { timeout, limit }: ResetCronTimeDto) {
    const afterSeconds = timeout ?? FAR_FUTURE_TIMEOUTS * this.settings.timeoutToFail;
    const { count, hasRemaining } = await this.queries.rearmFarFuture(afterSeconds, limit);
    return { has_remaining: hasRemaining, succeed_count: count };
  }
}
