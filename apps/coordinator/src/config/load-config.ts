import { readFileSync } from 'node:fs';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { parse } from 'yaml';
import { CoordinatorConfig } from './coordinator.config';

/**
 * Reads the configuration: defaults, then the YAML file, then the environment, which wins.
 *
 * @param argv command line; `-c FILE` names the YAML file
 * @throws DtxError `DTX_INVALID_CONFIG` with the key, the value and what is allowed
 */
export function loadConfig(
  environment: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv,
): CoordinatorConfig {
  const known = Object.keys(new CoordinatorConfig());
  const file = fileValues(argv);
  const unknown = Object.keys(file).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw invalid(`the configuration file has unknown keys: ${unknown.join(', ')}`);
  const fromEnvironment = Object.fromEntries(
    known.flatMap((key) => {
      const value = environment[key]?.trim() ?? '';
      return value === '' ? [] : [[key, value]];
    }),
  );
  const config = plainToInstance(CoordinatorConfig, { ...file, ...fromEnvironment }, { exposeDefaultValues: true });
  const [error] = validateSync(config, { stopAtFirstError: true });
  if (error) throw invalid(problem(error, { ...file, ...fromEnvironment }));
  return config;
}

/** Keys in the file are those of the environment, or dtm's nested ones: `Store: { Driver: sqlite }` is STORE_DRIVER. */
function fileValues(argv: readonly string[]): Record<string, unknown> {
  const flag = argv.indexOf('-c');
  if (flag === -1) return {};
  const path = argv[flag + 1];
  if (!path) throw invalid('-c needs the path of a YAML file');
  const values = yamlOf(path) ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw invalid(`the configuration file ${path} must hold a mapping of keys to values`);
  }
  return flatten(values as Record<string, unknown>, '');
}

function yamlOf(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw invalid(`the configuration file ${path} cannot be read: ${(cause as Error).message}`, cause);
  }
}

function flatten(values: Record<string, unknown>, prefix: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const name = prefix + upperSnake(key);
      const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isNested ? Object.entries(flatten(value as Record<string, unknown>, `${name}_`)) : [[name, value]];
    }),
  );
}

/** `RetryInterval` → `RETRY_INTERVAL`; what is in upper case already stays. */
function upperSnake(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function problem(error: ValidationError, given: Record<string, unknown>): string {
  const [text = 'is not valid'] = Object.values(error.constraints ?? {});
  return `${error.property}=${String(given[error.property])}: ${text}`;
}

function invalid(message: string, cause?: unknown): DtxError {
  return new DtxError(ERROR_CODES.invalidConfig, message, { cause });
}
