/** Is told each step before it begins, and again and again how far a long one is. What it throws ends the work. */
export type Reporter = (step: string, progress?: StepProgress) => void;

/** Rows of one table. */
export interface StepProgress {
  readonly done: number;
  readonly total: number;
}
