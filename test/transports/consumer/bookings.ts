import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What a branch has done: one row for each effect. */
@Entity({ name: 'booking' })
export class Booking {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 128 })
  gid!: string;

  /** `out` or `in`, with `-undo` for the compensation. */
  @Column({ type: 'varchar', length: 32 })
  name!: string;

  @Column({ type: 'int' })
  amount!: number;
}
