import { openSharedServers } from './shared-servers';

/** Jest calls it once, before all tests. */
export = openSharedServers;
