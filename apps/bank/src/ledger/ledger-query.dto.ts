import { IsOptional, IsString } from 'class-validator';

export class LedgerQueryDto {
  @IsOptional()
  @IsString()
  gid?: string;
}
