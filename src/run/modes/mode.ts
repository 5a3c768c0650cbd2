import type { Dataset } from '../../dataset/dataset.ts';
import type { ActiveRun } from '../active-run.ts';
import type { DatasetPlan, PlanContext } from '../dataset-plan.ts';

/** One way to read a dataset. `load` and `plan` are defined together, so that they cannot disagree. */
export type ReadingMode = {
  /** Loads to the end of the source. @returns whether the dataset is complete and every answer was plausible. */
  load(active: ActiveRun, dataset: Dataset): Promise<boolean>;
  /** @param parent the plan of the parent dataset. */
  plan(planned: PlanContext, dataset: Dataset, parent: DatasetPlan | undefined): Promise<DatasetPlan>;
};
