import { InvalidRequestError } from '@nestjs-dtx/protocol';
import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { parseJsonBody } from './json-body';

/** Validates the query string of a cold route against a DTO class. Empty parameters count as absent. */
export class QueryPipe<T extends object> implements PipeTransform<Record<string, unknown>, T> {
  constructor(private readonly dto: Type<T>) {}

  /** @throws InvalidRequestError naming the first wrong parameter */
  transform(query: Record<string, unknown>): T {
    const given = knownFields(this.dto, query).filter(([, value]) => value !== '');
    return validated(plainToInstance(this.dto, Object.fromEntries(given), { exposeDefaultValues: true }));
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
    // JSON has its types already, and whatever converts it would stumble over keys such as "constructor" deep inside.
    return validated(Object.assign(new this.dto(), Object.fromEntries(knownFields(this.dto, parsed))));
  }
}

/** What the request says of the fields of the DTO; anything else is ignored (spec 2.2). */
function knownFields(dto: Type, given: object): [string, unknown][] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const names = new Set(rules.map(({ propertyName }) => propertyName));
  return Object.entries(given).filter(([name]) => names.has(name));
}

/** Reports the first broken rule, which is the decorator that stands last: so the type of a field stands below its range. */
function validated<T extends object>(instance: T): T {
  const [error] = validateSync(instance, { stopAtFirstError: true });
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
