import { GO } from './go';
import { JAVA } from './java';
import { PYTHON } from './python';
import type { Sdk } from './sdk';

export type { Protocol, Sdk, Tool } from './sdk';

/** All SDKs that are proven; a further one is one more entry. */
export const SDKS: readonly Sdk[] = [GO, PYTHON, JAVA];
