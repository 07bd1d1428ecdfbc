import { DtxClient } from '@nestjs-dtx/client';

/** Token of the client inside its own module, whatever it is called outside. */
export const DTX_CLIENT = 'DTX_CLIENT';

/** Token of the controller class that resumes workflows for this coordinator. */
export const WORKFLOW_CONTROLLER = 'DTX_WORKFLOW_CONTROLLER';

/**
 * @param name of the coordinator, as given to `DtxModule.forRoot({ name })`
 * @returns the token under which its client is injected: without a name, the class
 */
export function getDtxToken(name?: string): string | typeof DtxClient {
  return name === undefined ? DtxClient : `DtxClient(${name})`;
}
