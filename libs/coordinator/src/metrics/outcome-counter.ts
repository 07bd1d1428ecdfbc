import type { Sample } from './metric';

/** How often something went well, and how often not: the `status` label of dtm's counters (spec 2.12). */
export class OutcomeCounter {
  ok = 0;
  fail = 0;

  samples(labels: Sample['labels']): Sample[] {
    return [
      { labels: { ...labels, status: 'ok' }, value: this.ok },
      { labels: { ...labels, status: 'fail' }, value: this.fail },
    ];
  }
}
