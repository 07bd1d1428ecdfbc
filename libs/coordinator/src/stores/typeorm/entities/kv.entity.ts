import { EntitySchema } from 'typeorm';
import { timeType, type ColumnTypes } from '../column-types';

/** A row of `kv`: topics, services (spec 7.1). */
export interface KvRow {
  id: number;
  cat: string;
  k: string;
  v: string;
  version: number;
  createTime: Date;
  updateTime: Date;
}

export function kvEntity(types: ColumnTypes): EntitySchema<KvRow> {
  return new EntitySchema<KvRow>({
    name: 'kv',
    tableName: 'kv',
    columns: {
      id: { type: types.id, primary: true, generated: 'increment' },
      cat: { type: 'varchar', length: 45 },
      k: { type: 'varchar', length: 128 },
      v: { type: types.text },
      version: { type: types.integer },
      createTime: { name: 'create_time', ...timeType(types) },
      updateTime: { name: 'update_time', ...timeType(types) },
    },
  });
}
