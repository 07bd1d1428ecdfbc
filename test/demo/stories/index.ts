import type { TransferMode } from '../modes';
import type { Story } from '../story';
import { bankDown } from './bank-down.story';
import { coordinatorKilled } from './coordinator-killed.story';
import { initiatorKilled } from './initiator-killed.story';
import { senderKilled } from './sender-killed.story';
import { transferRefused } from './transfer-refused.story';
import { transferSucceeds } from './transfer-succeeds.story';

/** In the order in which they are told. Together they leave every account with more than nothing. */
export const STORIES: Readonly<Record<TransferMode, readonly Story[]>> = {
  saga: [transferSucceeds('saga', 3000), transferRefused('saga', 2000), bankDown(4500), coordinatorKilled(1250)],
  tcc: [transferSucceeds('tcc', 500), transferRefused('tcc', 2000), initiatorKilled('tcc', 700)],
  msg: [transferSucceeds('msg', 600), transferRefused('msg', 2000), senderKilled(350)],
  workflow: [transferSucceeds('workflow', 800), transferRefused('workflow', 2000), initiatorKilled('workflow', 450)],
  xa: [transferSucceeds('xa', 900), transferRefused('xa', 2000), initiatorKilled('xa', 650)],
};
