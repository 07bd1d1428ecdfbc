import { boundedText } from '@nestjs-dtx/protocol';
import type { Answer } from './coordinator-link';

/** A proxy's error page is not worth more. Characters. */
const MOST = 1000;

/** @returns the `message` of an error answer (spec 2.1), or its body when it has none. */
export function messageOf({ body }: Pick<Answer, 'body'>): string {
  const parsed = jsonObjectOf(body);
  const message = parsed?.['message'];
  return boundedText(typeof message === 'string' ? message : body.trim(), MOST);
}

/** @returns the body as a JSON object, undefined if it is none. */
export function jsonObjectOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
