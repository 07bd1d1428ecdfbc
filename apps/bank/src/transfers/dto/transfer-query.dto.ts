import { IsIn } from 'class-validator';
import { TRANSFER_MODES, type TransferMode } from '../modes/transfer-order';

/** Query of `POST /transfers`. */
export class TransferQueryDto {
  /** How the transfer is made; what it comes to is the same. */
  @IsIn(TRANSFER_MODES, { message: `mode must be one of ${TRANSFER_MODES.join(', ')}` })
  mode: TransferMode = 'saga';
}
