import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { BankConfig } from './bank.config';

/** A value of the configuration that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from the environment; an empty variable counts as not set.
 *
 * @throws ConfigError with the key, the value and what is allowed
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): BankConfig {
  const given = Object.fromEntries(
    Object.keys(new BankConfig()).flatMap((key) => (environment[key] ? [[key, environment[key]]] : [])),
  );
  const config = plainToInstance(BankConfig, given, { exposeDefaultValues: true });
  const [error] = validateSync(config, { stopAtFirstError: true });
  if (error) {
    const [rule = 'is not valid'] = Object.values(error.constraints ?? {});
    throw new ConfigError(`${error.property}=${shown(error.property, given)} ${rule}`);
  }
  config.DATABASE_URL ||= `sqlite:./data/${config.BANK_NAME}.sqlite`;
  return config;
}

/** The URL of a database holds a password, which does not belong into a log. */
function shown(property: string, given: Readonly<Record<string, string | undefined>>): string {
  return String(given[property]).replace(/(:\/\/[^:@/]*):[^@]*@/, '$1:…@');
}
