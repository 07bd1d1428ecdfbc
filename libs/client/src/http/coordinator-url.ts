import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** Where the coordinator's dtm API is. */
export interface CoordinatorUrl {
  /** `http://host:port` */
  readonly origin: string;
  /** Path below the origin, without a trailing slash: `/api/dtmsvr`, behind a gateway maybe with a prefix. */
  readonly basePath: string;
  /** Where this project's additions to that API are: `/api/v2`. */
  readonly v2Path: string;
}

const API = '/api/dtmsvr';
const V2 = '/api/v2';

/**
 * Accepts what the various SDKs take as an address: with or without `/api/dtmsvr`, with trailing and doubled slashes (Q43).
 *
 * @throws DtxError `DTX_INVALID_CONFIG` for anything but an http or https URL
 */
export function parseCoordinatorUrl(text: string): CoordinatorUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refusal(text, 'is no http or https URL, such as http://localhost:36789');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal(`${url.protocol}//…@${url.host}`, 'must not hold credentials; pass them as headers');
  }
  if (url.search !== '' || url.hash !== '') throw refusal(text, 'must not have a query or a fragment');
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  const prefix = path.endsWith(API) ? path.slice(0, -API.length) : path;
  return { origin: url.origin, basePath: prefix + API, v2Path: prefix + V2 };
}

function refusal(text: string, problem: string): DtxError {
  return new DtxError(ERROR_CODES.invalidConfig, `coordinator '${text}' ${problem}`);
}
