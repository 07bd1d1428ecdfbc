import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** A hundred years: later than anything is due. Seconds. */
const MAX_DISTANCE = 100 * 366 * 24 * 3600;

/** Query string of `GET /resetCronTime` (spec 2.11). */
export class ResetCronTimeDto {
  /** Seconds; absent: three times the default of `timeout_to_fail`. */
  @IsOptional()
  @Type(() => Number)
  @Min(0)
  @Max(MAX_DISTANCE)
  @IsInt()
  timeout?: number;

  @Type(() => Number)
  @Min(1)
  @Max(10_000)
  @IsInt()
  limit = 100;
}
