import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** Payload of both steps of a transfer, and of their compensations. */
export class MovementDto {
  @IsString()
  @Length(1, 64)
  account!: string;

  /** Minor units. */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  amountMinor!: number;
}
