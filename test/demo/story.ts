import type { TransferOrder } from './bank';
import type { Note } from './timeline';
import type { World } from './world';

/** One transfer, what is done to the processes meanwhile, and the end that it has to come to. */
export interface Story {
  readonly title: string;
  readonly order: TransferOrder;
  readonly end: 'succeed' | 'failed';
  /** Makes the transfer and whatever befalls it. @returns the gid of its transaction, finished or soon to be */
  play(stage: Stage): Promise<string>;
}

/** Where a story is played. */
export class Stage {
  private readonly written: Note[] = [];

  constructor(
    readonly world: World,
    readonly order: TransferOrder,
  ) {}

  get notes(): readonly Note[] {
    return this.written;
  }

  /** Writes into the timeline what happens now. */
  note(text: string): void {
    this.written.push({ at: Date.now(), text });
  }
}
