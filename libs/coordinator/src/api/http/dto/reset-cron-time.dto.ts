import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** Query string of `GET /resetCronTime` (spec 2.11). */
export class ResetCronTimeDto {
  /** Seconds; absent: three times the default of `timeout_to_fail`. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  timeout?: number;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit = 100;
}
