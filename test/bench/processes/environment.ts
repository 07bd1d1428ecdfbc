import type { StoreEnvironment } from '../../support/store-engine';

/** @returns the settings that this process was started with. */
export function ownEnvironment(): StoreEnvironment {
  const settings = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(settings);
}
