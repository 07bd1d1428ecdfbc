import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { GLOBAL_STATUSES, MAX_BUSINESS_KEY_LENGTH, TRANS_TYPES } from '@nestjs-dtx/protocol';

/** Largest page: more would load the store and the caller's memory for nothing. */
const MAX_PAGE = 1000;
/** Last instant that a date can hold. Milliseconds. */
const MAX_INSTANT = 8_640_000_000_000_000;

/** Query string of `GET /all` (spec 2.10) and of its like under /api/v2; `businessKey` is ours. */
export class ListQueryDto {
  @IsOptional()
  @IsString()
  gid?: string;

  @IsOptional()
  @Type(() => Number)
  @Min(0)
  @IsInt()
  position?: number;

  @Type(() => Number)
  @Min(1)
  @Max(MAX_PAGE)
  @IsInt()
  limit = 100;

  @IsOptional()
  @IsIn(GLOBAL_STATUSES)
  status?: string;

  @IsOptional()
  @IsIn(TRANS_TYPES)
  transType?: string;

  @IsOptional()
  @MaxLength(MAX_BUSINESS_KEY_LENGTH)
  @IsString()
  businessKey?: string;

  @IsOptional()
  @Type(() => Number)
  @Min(0)
  @Max(MAX_INSTANT)
  @IsInt()
  createTimeStart?: number;

  @IsOptional()
  @Type(() => Number)
  @Min(0)
  @Max(MAX_INSTANT)
  @IsInt()
  createTimeEnd?: number;
}
