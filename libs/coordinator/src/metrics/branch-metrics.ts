import { OPS, type TransType } from '@nestjs-dtx/protocol';
import type { Metric, Sample } from './metric';
import { OutcomeCounter } from './outcome-counter';

/** Branch ids that are told apart: `00` to this one. */
const LAST_ID = 20;
/** All other ids, and all operations that the protocol does not name. */
const OTHER = 'other';

const KNOWN_OPS = new Set<string>(Object.values(OPS));

/** Calls of branches. Ids and operations that clients make up share one label, so that the series stay bounded (Q36). */
export class BranchMetrics {
  private readonly models = new Map<TransType, Map<string, OutcomeCounter[]>>();

  called(
    transType: TransType,
    { branchId, op }: { readonly branchId: string; readonly op: string },
    isOk: boolean,
  ): void {
    const counter = this.counters(transType, op)[slotOf(branchId)]!;
    if (isOk) counter.ok += 1;
    else counter.fail += 1;
  }

  get metrics(): readonly Metric[] {
    return [
      {
        name: 'dtm_branch_process_total',
        help: 'Calls of branches by type of transaction, branch, operation and by whether they succeeded.',
        type: 'counter',
        samples: () => this.samples(),
      },
    ];
  }

  private counters(transType: TransType, op: string): OutcomeCounter[] {
    let ops = this.models.get(transType);
    if (!ops) this.models.set(transType, (ops = new Map<string, OutcomeCounter[]>()));
    const known = ops.get(op);
    if (known) return known;
    const label = KNOWN_OPS.has(op) ? op : OTHER;
    let counters = ops.get(label);
    if (!counters) ops.set(label, (counters = Array.from({ length: LAST_ID + 2 }, () => new OutcomeCounter())));
    return counters;
  }

  private samples(): Sample[] {
    return [...this.models].flatMap(([model, ops]) =>
      [...ops].flatMap(([branchtype, counters]) =>
        counters.flatMap((counter, slot) =>
          counter.ok + counter.fail === 0 ? [] : counter.samples({ model, branchid: labelOf(slot), branchtype }),
        ),
      ),
    );
  }
}

/** The number that two digits are, up to the last one told apart; one more for everything else. */
function slotOf(branchId: string): number {
  if (branchId.length !== 2) return LAST_ID + 1;
  const [tens, ones] = [branchId.charCodeAt(0) - ZERO, branchId.charCodeAt(1) - ZERO];
  const isNumber = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return isNumber ? Math.min(tens * 10 + ones, LAST_ID + 1) : LAST_ID + 1;
}

const ZERO = '0'.charCodeAt(0);

function labelOf(slot: number): string {
  return slot > LAST_ID ? OTHER : String(slot).padStart(2, '0');
}
