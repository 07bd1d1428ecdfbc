import type { XaDialect } from '../xid';
import { mysqlXa } from './mysql-xa';
import { postgresXa } from './postgres-xa';
import type { XaEngine } from './xa-engine';

/** Every database by its dialect. */
export const XA_ENGINES: Readonly<Record<XaDialect, XaEngine>> = { mysql: mysqlXa, postgres: postgresXa };
