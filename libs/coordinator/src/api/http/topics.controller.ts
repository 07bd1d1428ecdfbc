import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { TopicService } from '../../topics/topic.service';
import { SubscriptionDto } from './dto/subscription.dto';
import { BodyPipe, QueryPipe } from './validation';
import { JSON_TYPE, SUCCESS_BODY } from './wire.exception';

const FromBody = new BodyPipe(SubscriptionDto);
const FromQuery = new QueryPipe(SubscriptionDto);

/** Topics in dtm's forms, GETs that change state among them, and in those of our own API (spec 2.11, Q33). */
@Controller('api')
export class TopicsController {
  constructor(private readonly topics: TopicService) {}

  @Get('dtmsvr/subscribe')
  @Header('content-type', JSON_TYPE)
  subscribeByGet(@Query(FromQuery) subscription: SubscriptionDto): Promise<string> {
    return this.subscribe(subscription);
  }

  @Post('v2/subscribe')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async subscribe(@Body(FromBody) { topic, url, remark }: SubscriptionDto): Promise<string> {
    await this.topics.subscribe(topic, url, remark);
    return SUCCESS_BODY;
  }

  @Get('dtmsvr/unsubscribe')
  @Header('content-type', JSON_TYPE)
  unsubscribeByGet(@Query(FromQuery) subscription: SubscriptionDto): Promise<string> {
    return this.unsubscribe(subscription);
  }

  @Post('v2/unsubscribe')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async unsubscribe(@Body(FromBody) { topic, url }: SubscriptionDto): Promise<string> {
    await this.topics.unsubscribe(topic, url);
    return SUCCESS_BODY;
  }

  @Delete(['dtmsvr/topic/:topic', 'v2/topic/:topic'])
  @Header('content-type', JSON_TYPE)
  async delete(@Param('topic') topic: string): Promise<string> {
    await this.topics.delete(topic);
    return SUCCESS_BODY;
  }
}
