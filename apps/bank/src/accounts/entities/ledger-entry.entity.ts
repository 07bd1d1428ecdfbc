import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { MINOR_UNITS } from '../../database/minor-units';

/** One effect on the balance of one account. The unique key would expose an effect that was applied twice. */
@Entity('ledger_entry')
@Unique('ledger_entry_effect', ['gid', 'branchId', 'op', 'account'])
export class LedgerEntry {
  @PrimaryGeneratedColumn()
  id!: number;

  /** The transaction it belongs to. */
  @Column('varchar', { length: 128 })
  gid!: string;

  @Column('varchar', { name: 'branch_id', length: 128 })
  branchId!: string;

  /** What the branch was called for: `action`, `compensate`, `confirm` … */
  @Column('varchar', { length: 45 })
  op!: string;

  @Column('varchar', { length: 64 })
  account!: string;

  /** Signed: what was taken is negative. */
  @Column('bigint', { name: 'amount_minor', transformer: MINOR_UNITS })
  amountMinor!: number;

  /** UTC, with milliseconds, as ISO 8601. */
  @Column('varchar', { name: 'create_time', length: 24 })
  createTime!: string;
}
