import { InvalidRequestError, parseGrpcUrl, parseServiceUrl, serviceUrl } from '@nestjs-dtx/protocol';

/**
 * @param name `service/handler` of a registered handler
 * @param field name of the place in errors
 * @returns its `svc://` URL
 * @throws InvalidRequestError when it is no such name
 */
export function urlOfHandler(name: string, field: string): string {
  const url = serviceUrl(name);
  if (!parseServiceUrl(url)) throw new InvalidRequestError(field, 'must be service/handler, such as bank/withdraw');
  return url;
}

/**
 * @param place a URL, or `service/handler` of a registered handler
 * @throws InvalidRequestError when it is empty or neither
 */
export function urlOfPlace(place: string, field: string): string {
  return place.includes('://') || parseGrpcUrl(place) ? place : urlOfHandler(place, field);
}

/** An unset setting must not turn into "nothing to call": only an empty text says that. @throws InvalidRequestError */
export function checkText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new InvalidRequestError(field, 'must be a string');
  return value;
}
