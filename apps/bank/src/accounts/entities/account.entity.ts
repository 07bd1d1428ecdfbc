import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An account of this bank. */
@Entity('account')
export class Account {
  @PrimaryColumn('text')
  id!: string;

  /** In minor units, such as cents: a fraction of those cannot be paid, and floating point loses them. */
  @Column('integer', { name: 'balance_minor' })
  balanceMinor!: number;

  /** A frozen account takes part in no new transfer. */
  @Column('boolean', { default: false })
  frozen!: boolean;
}
