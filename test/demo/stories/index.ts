import type { Story } from '../story';
import { bankDown } from './bank-down.story';
import { coordinatorKilled } from './coordinator-killed.story';
import { transferRefused } from './transfer-refused.story';
import { transferSucceeds } from './transfer-succeeds.story';

/** In the order in which they are told. */
export const STORIES: readonly Story[] = [transferSucceeds, transferRefused, bankDown, coordinatorKilled];
