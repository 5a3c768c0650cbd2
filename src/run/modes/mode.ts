import type { Dataset } from '../../dataset/dataset.ts';
import type { ActiveRun } from '../active-run.ts';
import type { DatasetPlan, PlanContext } from '../dataset-plan.ts';

/** One way to read a dataset. What it does and what it plans stand side by side, so that they cannot disagree. */
export type ReadingMode = {
  /** Loads to the end of the source. @returns whether the dataset is complete, with every answer believed. */
  load(active: ActiveRun, dataset: Dataset): Promise<boolean>;
  /** @param parent what was planned for the dataset that this one belongs to. */
  plan(planned: PlanContext, dataset: Dataset, parent: DatasetPlan | undefined): Promise<DatasetPlan>;
};
