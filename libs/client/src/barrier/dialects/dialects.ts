import type { BarrierDialect, DialectSql } from './dialect';
import { mysql } from './mysql';
import { postgres } from './postgres';
import { sqlite } from './sqlite';

/** Every dialect by its name: a new one is a file and a line here. */
export const DIALECTS: Readonly<Record<BarrierDialect, DialectSql>> = { sqlite, mysql, postgres };
