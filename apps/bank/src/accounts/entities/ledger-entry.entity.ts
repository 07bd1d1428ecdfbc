import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** One effect on one account. The unique key would expose an effect that was applied twice. */
@Entity('ledger_entry')
@Unique('ledger_entry_effect', ['gid', 'branchId', 'op', 'account'])
export class LedgerEntry {
  @PrimaryGeneratedColumn()
  id!: number;

  /** The transaction it belongs to. */
  @Column('text')
  gid!: string;

  @Column('text', { name: 'branch_id' })
  branchId!: string;

  /** `action`, or `compensate` for the undo of one. */
  @Column('text')
  op!: string;

  @Column('text')
  account!: string;

  /** Signed: what was taken is negative. */
  @Column('integer', { name: 'amount_minor' })
  amountMinor!: number;

  /** UTC, with milliseconds. */
  @Column('text', { name: 'create_time', default: () => "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))" })
  createTime!: string;
}
