import { Inject } from '@nestjs/common';
import { getDtxToken } from '../dtx.tokens';

/** Injects the `DtxClient` of one of several coordinators. With a single one, its class is enough. */
export function InjectDtx(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getDtxToken(name));
}
