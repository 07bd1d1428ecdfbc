import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { checkGid } from '@nestjs-dtx/protocol';
import type { CoordinatorSettings } from '../../coordinator.settings';
import { SETTINGS } from '../../coordinator.tokens';
import { QueryService } from '../../operations/query.service';
import { GidDto } from './dto/gid.dto';
import { ResetCronTimeDto } from './dto/reset-cron-time.dto';
import { BodyPipe, QueryPipe } from './validation';
import { JSON_TYPE, SUCCESS_BODY } from './wire.exception';

/** Default of `resetCronTime`'s distance, in multiples of `TIMEOUT_TO_FAIL` (spec 2.11). */
const FAR_FUTURE_TIMEOUTS = 3;

/** Makes transactions due now (spec 2.7, 2.11). */
@Controller('api')
export class ScheduleController {
  constructor(
    private readonly queries: QueryService,
    @Inject(SETTINGS) private readonly settings: CoordinatorSettings,
  ) {}

  @Post('dtmsvr/resetNextCronTime')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async resetNextCronTime(@Body(new BodyPipe(GidDto)) { gid }: GidDto): Promise<string> {
    await this.queries.rearm(checkGid(gid));
    return SUCCESS_BODY;
  }

  /** A GET that changes state, kept because operators' scripts use it. */
  @Get('dtmsvr/resetCronTime')
  resetCronTimeByGet(@Query(new QueryPipe(ResetCronTimeDto)) reset: ResetCronTimeDto) {
    return this.resetCronTime(reset);
  }

  @Post('v2/resetCronTime')
  @HttpCode(200)
  async resetCronTime(@Body(new BodyPipe(ResetCronTimeDto)) { timeout, limit }: ResetCronTimeDto) {
    const afterSeconds = timeout ?? FAR_FUTURE_TIMEOUTS * this.settings.timeoutToFail;
    const { count, hasRemaining } = await this.queries.rearmFarFuture(afterSeconds, limit);
    return { has_remaining: hasRemaining, succeed_count: count };
  }
}
