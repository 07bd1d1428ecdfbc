import type { TransType } from '@nestjs-dtx/protocol';
import { Histogram } from './histogram';
import type { Metric } from './metric';
import { OutcomeCounter } from './outcome-counter';

const TOTAL = 'dtm_transaction_process_total';
const DURATION = 'dtm_transaction_handled_duration';

/** What a pass came to. */
export interface PassResult {
  readonly transType: TransType;
  /** Whether it ended without an error that has to be retried. */
  readonly isOk: boolean;
  /** Milliseconds since the transaction was created, if this pass has ended it. */
  readonly finishedAfterMs: number | null;
}

/** Passes by type of transaction. */
export class TransactionMetrics {
  private readonly models = new Map<TransType, { readonly passes: OutcomeCounter; readonly duration: Histogram }>();

  passed({ transType, isOk, finishedAfterMs }: PassResult): void {
    let model = this.models.get(transType);
    if (!model) this.models.set(transType, (model = { passes: new OutcomeCounter(), duration: new Histogram() }));
    if (isOk) model.passes.ok += 1;
    else model.passes.fail += 1;
    if (finishedAfterMs !== null) model.duration.observe(finishedAfterMs / 1000);
  }

  get metrics(): readonly Metric[] {
    const models = () => [...this.models];
    return [
      {
        name: TOTAL,
        help: 'Passes by type of transaction and by whether they ended without an error.',
        type: 'counter',
        samples: () => models().flatMap(([model, { passes }]) => passes.samples({ model })),
      },
      {
        name: DURATION,
        help: 'Seconds from the creation of a transaction to its end.',
        type: 'histogram',
        samples: () => models().flatMap(([model, { duration }]) => duration.samples(DURATION, { model })),
      },
    ];
  }
}
