import type { Dataset } from '../../dataset/dataset.ts';
import type { Active } from '../active.ts';
import type { Expected, Planned } from '../planned.ts';

/** One way to read a dataset. What it does and what it plans stand side by side, so that they cannot disagree. */
export type ReadingMode = {
  /** Loads to the end of the source. @returns whether the dataset is complete, with every answer believed. */
  load(active: Active, dataset: Dataset): Promise<boolean>;
  /** @param parent what was planned for the dataset that this one belongs to. */
  plan(planned: Planned, dataset: Dataset, parent: Expected | undefined): Promise<Expected>;
};
