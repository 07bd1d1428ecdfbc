import { ERROR_CODES, RESULTS } from '@nestjs-dtx/protocol';

/** How a branch request is to be answered (spec 4.3, 9.1). */
export interface BranchResponse {
  readonly status: 200 | 409 | 425 | 500;
  /** To be sent as JSON. */
  readonly body: { readonly dtm_result?: string; readonly message?: string };
}

/**
 * Runs what a branch request asks for and turns its end into the answer that coordinators and initiators understand, for
 * services without a framework. It never rejects.
 *
 * @param work throws an error with the code `DTX_FAILURE` to refuse, with `DTX_ONGOING` to be asked again
 */
export async function branchResponse(work: () => Promise<unknown>): Promise<BranchResponse> {
  try {
    await work();
  } catch (error) {
    return errorResponse(error);
  }
  return { status: 200, body: { dtm_result: RESULTS.success } };
}

function errorResponse(error: unknown): BranchResponse {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === ERROR_CODES.failure) return { status: 409, body: { dtm_result: RESULTS.failure, message } };
  if (code === ERROR_CODES.ongoing) return { status: 425, body: { dtm_result: RESULTS.ongoing, message } };
  // Coordinators look for result words in bodies: the text of an error must not hold one.
  return { status: 500, body: { message: message.replaceAll(/FAILURE|ONGOING/g, (word) => word.toLowerCase()) } };
}
