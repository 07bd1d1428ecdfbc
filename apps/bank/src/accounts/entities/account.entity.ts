import { Column, Entity, PrimaryColumn } from 'typeorm';
import { MINOR_UNITS } from '../../database/minor-units';

/** An account of this bank. */
@Entity('account')
export class Account {
  @PrimaryColumn('varchar', { length: 64 })
  id!: string;

  @Column('bigint', { name: 'balance_minor', transformer: MINOR_UNITS })
  balanceMinor!: number;

  /** Part of the balance that transfers under way have set aside; it cannot be spent twice. */
  @Column('bigint', { name: 'held_minor', default: 0, transformer: MINOR_UNITS })
  heldMinor!: number;

  /** A frozen account takes part in no new transfer. */
  @Column('boolean', { default: false })
  frozen!: boolean;
}
