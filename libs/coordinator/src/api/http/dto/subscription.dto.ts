import { IsString } from 'class-validator';

/** Query string of `GET /subscribe` and `GET /unsubscribe`, and body of the POSTs (spec 2.11). What is empty is told by the topics. */
export class SubscriptionDto {
  @IsString()
  topic = '';

  @IsString()
  url = '';

  /** Only read by subscribe. */
  @IsString()
  remark = '';
}
