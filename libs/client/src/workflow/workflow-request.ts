/** Body of `prepareWorkflow` (spec 2.9). Durations are seconds. */
export interface WorkflowRequest {
  readonly gid: string;
  readonly trans_type: 'workflow';
  /** Where the coordinator calls back. */
  readonly query_prepared: string;
  /** JSON text: `{"name":…,"data":base64|null}`. */
  readonly custom_data: string;
  readonly retry_interval?: number;
  readonly request_timeout?: number;
  readonly branch_headers?: Readonly<Record<string, string>>;
  readonly max_attempts?: number;
  readonly on_complete?: string;
  readonly business_key?: string;
}

/** @returns the name of a workflow and its input, as the coordinator keeps them for the callback. */
export function workflowCustomData(name: string, input: string): string {
  return JSON.stringify({ name, data: input === '' ? null : Buffer.from(input).toString('base64') });
}
