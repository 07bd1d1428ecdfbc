import { IsString } from 'class-validator';

/** Body of `forceStop` and `resetNextCronTime`: only the gid is read (spec 2.7). */
export class GidDto {
  @IsString()
  gid = '';
}
