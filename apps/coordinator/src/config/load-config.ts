import { readFileSync } from 'node:fs';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { parse, YAMLParseError } from 'yaml';
import { ALIASES, CoordinatorConfig, SECRETS } from './coordinator.config';
import { isServer } from './store-options';

/**
 * Reads the configuration: defaults, then the YAML file, then the environment, which wins.
 *
 * @param argv command line; `-c FILE` or `--config FILE` names the YAML file
 * @throws DtxError `DTX_INVALID_CONFIG` with the key, the value and what is allowed
 */
export function loadConfig(
  environment: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv,
): CoordinatorConfig {
  const known = Object.keys(new CoordinatorConfig());
  const file = canonical(fileValues(argv));
  const unknown = Object.keys(file).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw invalid(`the configuration file has unknown keys: ${unknown.join(', ')}`);
  const given = { ...file, ...canonical(environmentValues(environment, [...ALIASES.keys(), ...known])) };
  const config = plainToInstance(CoordinatorConfig, given, { exposeDefaultValues: true });
  const [error] = validateSync(config, { stopAtFirstError: true });
  if (error) throw invalid(problem(error, given));
  requireUser(config);
  return config;
}

/** An empty variable is none. */
function environmentValues(environment: NodeJS.ProcessEnv, keys: readonly string[]): Record<string, unknown> {
  const entries = keys.map((key) => [key, environment[key] ?? ''] as const);
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      if (value.trim() === '') return [];
      return [[key, SECRETS.has(key) ? value : value.trim()]];
    }),
  );
}

/** Names of dtm become ours. Where both are given, ours counts. */
function canonical(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed = Object.entries(values).flatMap(([key, value]) => {
    const ours = ALIASES.get(key);
    return ours === undefined || ours in values ? [] : [[ours, value] as const];
  });
  const kept = Object.entries(values).filter(([key]) => !ALIASES.has(key));
  return Object.fromEntries([...kept, ...renamed]);
}

/** Keys in the file are those of the environment, or dtm's nested ones: `Store: { Driver: sqlite }` is STORE_DRIVER. */
function fileValues(argv: readonly string[]): Record<string, unknown> {
  const path = filePath(argv);
  if (path === undefined) return {};
  const values = yamlOf(path) ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw invalid(`the configuration file ${path} must hold a mapping of keys to values`);
  }
  return flatten(values as Record<string, unknown>, '');
}

/** Of `-c FILE`, `--config FILE` and `--config=FILE`. */
function filePath(argv: readonly string[]): string | undefined {
  const flag = argv.findIndex((argument) => /^(-c|--config)(=|$)/.test(argument));
  const [name = '', inline] = argv[flag]?.split(/=(.*)/s) ?? [];
  if (flag === -1) return undefined;
  const path = inline ?? argv[flag + 1];
  if (!path) throw invalid(`${name} needs the path of a YAML file`);
  return path;
}

function yamlOf(path: string): unknown {
  const text = textOf(path);
  try {
    return parse(text);
  } catch (error) {
    // The parser's own words, and so its error as a cause, quote the file, which may hold a password.
    const [at] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
    const place = at ? `, line ${at.line}, column ${at.col}` : '';
    throw invalid(`the configuration file ${path} is no YAML${place}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
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

function problem({ property, constraints }: ValidationError, given: Record<string, unknown>): string {
  const [text = 'is not valid'] = Object.values(constraints ?? {});
  const value = SECRETS.has(property) ? '(hidden)' : String(given[property]);
  return `${property}=${value}: ${text}`;
}

function requireUser({ STORE_DRIVER, STORE_USER }: CoordinatorConfig): void {
  if (!isServer(STORE_DRIVER) || STORE_USER !== '') return;
  throw invalid(`STORE_USER=: STORE_USER must be an account at the server, as STORE_DRIVER is ${STORE_DRIVER}`);
}

function invalid(message: string, cause?: unknown): DtxError {
  return new DtxError(ERROR_CODES.invalidConfig, message, { cause });
}
