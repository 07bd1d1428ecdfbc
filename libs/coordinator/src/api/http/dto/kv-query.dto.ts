import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min } from 'class-validator';

/** Query string of `GET /queryKV` (spec 2.11). */
export class KvQueryDto {
  @IsNotEmpty({ message: 'cat must not be empty' })
  @IsString()
  cat = '';

  /** Absent: all of the category. */
  @IsOptional()
  @IsString()
  key?: string;
}

/** Query string of `GET /scanKV` (spec 2.11). */
export class KvScanDto {
  @IsNotEmpty({ message: 'cat must not be empty' })
  @IsString()
  cat = '';

  /** `next_position` of the page before. */
  @IsOptional()
  @IsString()
  position?: string;

  @Type(() => Number)
  @Min(1)
  @Max(1000)
  @IsInt()
  limit = 100;
}
