import { closeSharedServers } from './shared-servers';

/** Jest calls it once, after all tests, in the process of the set-up. */
export = closeSharedServers;
