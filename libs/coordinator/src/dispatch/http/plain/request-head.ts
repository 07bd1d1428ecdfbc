import type { HttpCallRequest } from '../http-call';

const PATH = /^[\x21-\x7e]+$/;
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Everything before the body of a request, one character a byte.
 *
 * @param host host and port of the origin
 * @throws Error when the path, a name or a value has characters that would end it early: what follows would be read as a header
 *   of its own, or as another request
 */
export function requestHead({ method, path, payload, headers }: HttpCallRequest, host: string): string {
  if (!PATH.test(path)) throw new Error(`the path ${JSON.stringify(path)} cannot be sent`);
  let hasHost = false;
  let fields = '';
  for (let index = 0; index < headers.length; index += 2) {
    const [name, value] = [headers[index]!, headers[index + 1]!];
    if (!NAME.test(name)) throw new Error(`the header name ${JSON.stringify(name)} cannot be sent`);
    if (!VALUE.test(value)) throw new Error(`the value of the header ${name} cannot be sent`);
    hasHost ||= name === 'host';
    fields += `${name}: ${value}\r\n`;
  }
  if (!hasHost) fields = `host: ${host}\r\n${fields}`;
  if (method === 'POST') fields += `content-length: ${payload.byteLength}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${fields}connection: keep-alive\r\n\r\n`;
}
