import { IsBoolean, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

/** `bank/account`. */
const ADDRESS = /^[a-z0-9][a-z0-9-]{0,62}\/[A-Za-z0-9._-]{1,64}$/;

/** Body of `POST /transfers`. */
export class CreateTransferDto {
  @Matches(ADDRESS, { message: 'from must be bank/account, such as bank-a/alice' })
  from!: string;

  @Matches(ADDRESS, { message: 'to must be bank/account, such as bank-b/bob' })
  to!: string;

  /** Minor units. */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  amountMinor!: number;

  /** Answer only when the transfer is done or undone. */
  @IsOptional()
  @IsBoolean()
  wait?: boolean;

  /** Makes a repeated request harmless: the same id is the same transfer. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,64}$/, { message: 'transferId must be 1 to 64 letters, digits, ".", "_" or "-"' })
  transferId?: string;
}
