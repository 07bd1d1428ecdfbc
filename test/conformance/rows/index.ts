import type { Row } from '../row';
import { API_ROWS } from './api.rows';
import { GRPC_MSG_ROWS } from './grpc-msg.rows';
import { GRPC_SAGA_ROWS } from './grpc-saga.rows';
import { GRPC_TOPIC_ROWS } from './grpc-topic.rows';
import { GRPC_TWO_PHASE_ROWS } from './grpc-two-phase.rows';
import { GRPC_WORKFLOW_ROWS } from './grpc-workflow.rows';
import { JSON_RPC_ROWS } from './json-rpc.rows';
import { MSG_ALERT_ROWS } from './msg-alert.rows';
import { MSG_LOCAL_ROWS } from './msg-local.rows';
import { MSG_PLAIN_ROWS } from './msg-plain.rows';
import { OBSERVED_ROWS } from './observed.rows';
import { RPC_ROWS } from './rpc.rows';
import { SAGA_BARRIER_ROWS } from './saga-barrier.rows';
import { SAGA_CONCURRENT_ROWS } from './saga-concurrent.rows';
import { SAGA_OPTIONS_ROWS } from './saga-options.rows';
import { SAGA_PLAIN_ROWS } from './saga-plain.rows';
import { SAGA_WAITING_ROWS } from './saga-waiting.rows';
import { SHARED_STORE_ROWS } from './shared-store.rows';
import { STORE_ROWS } from './store.rows';
import { TCC_ROWS } from './tcc.rows';
import { TOPIC_ROWS } from './topic.rows';
import { WORKFLOW_ROWS } from './workflow.rows';
import { XA_ROWS } from './xa.rows';

/** All rows that are implemented, in the order of the catalogue. */
export const ROWS: readonly Row[] = [
  ...API_ROWS,
  ...RPC_ROWS,
  ...TOPIC_ROWS,
  ...GRPC_TOPIC_ROWS,
  ...MSG_PLAIN_ROWS,
  ...MSG_ALERT_ROWS,
  ...MSG_LOCAL_ROWS,
  ...GRPC_MSG_ROWS,
  ...JSON_RPC_ROWS,
  ...SAGA_PLAIN_ROWS,
  ...SAGA_CONCURRENT_ROWS,
  ...SAGA_OPTIONS_ROWS,
  ...SAGA_WAITING_ROWS,
  ...SAGA_BARRIER_ROWS,
  ...GRPC_SAGA_ROWS,
  ...TCC_ROWS,
  ...XA_ROWS,
  ...GRPC_TWO_PHASE_ROWS,
  ...WORKFLOW_ROWS,
  ...GRPC_WORKFLOW_ROWS,
  ...STORE_ROWS,
  ...OBSERVED_ROWS,
  ...SHARED_STORE_ROWS,
];
