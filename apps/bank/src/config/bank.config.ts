import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUrl, Matches, Max, Min } from 'class-validator';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** The configuration, one property per environment variable, with its default. */
export class BankConfig {
  /** Name of the service: its handlers are `<BANK_NAME>/withdraw` and `<BANK_NAME>/deposit`. */
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'must be 1 to 63 lower-case letters, digits or "-"' })
  BANK_NAME = 'bank-a';

  /** 0 takes any free port. */
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be from 0 to 65535' })
  @Max(65_535, { message: 'must be from 0 to 65535' })
  HTTP_PORT = 0;

  /**
   * `sqlite:<file>`, `mysql://user:password@host:port/database` (MariaDB too) or `postgres://user:password@host:port/database`.
   * Empty: `sqlite:./data/<BANK_NAME>.sqlite`.
   */
  @Matches(/^(sqlite:.+|(mysql|postgres):\/\/[^/]+\/[^/]+)?$/, {
    message: 'must be sqlite:<file>, or mysql:// or postgres:// with user, host and database',
  })
  DATABASE_URL = '';

  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'must be an URL such as http://localhost:36789' },
  )
  COORDINATOR_URL = 'http://localhost:36789';

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL: LogLevelName = 'info';
}
