/** Metadata of a branch call over gRPC, by what it says (spec 3.5). */
export const BRANCH_METADATA = {
  gid: 'dtm-gid',
  transType: 'dtm-trans_type',
  branchId: 'dtm-branch_id',
  op: 'dtm-op',
  /** gRPC address of the coordinator; empty in calls of the coordinator itself. */
  dtm: 'dtm-dtm',
  /** Only in calls of an initiator in mode xa: the URL of phase 2. */
  phase2Url: 'dtm-phase2_url',
} as const;
