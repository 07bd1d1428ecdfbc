import { InvalidRequestError } from '@nestjs-dtx/protocol';
import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { parseJsonBody } from './json-body';

/** Validates the query string of a cold route against a DTO class. Empty parameters count as absent. */
export class QueryPipe<T extends object> implements PipeTransform<Record<string, unknown>, T> {
  constructor(private readonly dto: Type<T>) {}

  /** @throws InvalidRequestError naming the first wrong parameter */
  transform(query: Record<string, unknown>): T {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    return validated(this.dto, Object.fromEntries(given));
  }
}

/** Parses and validates the body of a cold route against a DTO class. */
export class BodyPipe<T extends object> implements PipeTransform<unknown, T> {
  constructor(private readonly dto: Type<T>) {}

  /** @throws InvalidRequestError naming the first wrong field */
  transform(body: unknown): T {
    const parsed = parseJsonBody(body) ?? {};
    if (typeof parsed !== 'object' || Array.isArray(parsed)) {
      throw new InvalidRequestError('body', 'must be a JSON object');
    }
    return validated(this.dto, parsed);
  }
}

function validated<T extends object>(dto: Type<T>, plain: object): T {
  const instance = plainToInstance(dto, plain, { exposeDefaultValues: true });
  const [error] = validateSync(instance, { whitelist: true, stopAtFirstError: true });
  if (error) throw invalid(error, '');
  return instance;
}

function invalid(error: ValidationError, prefix: string): InvalidRequestError {
  const field = prefix + error.property;
  const [child] = error.children ?? [];
  if (child) return invalid(child, `${field}.`);
  const [text = 'is not valid'] = Object.values(error.constraints ?? {});
  return new InvalidRequestError(
    field,
    text.startsWith(`${error.property} `) ? text.slice(error.property.length + 1) : text,
  );
}
