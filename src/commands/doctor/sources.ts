import type { ExaminedSource } from '../../app/checkup.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Database } from '../../db/pool.ts';
import { EtlError } from '../../errors.ts';
import { hasTables } from '../../record/tables.ts';
import { type Check, failed, type Finding, ok } from '../../sources/check.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';
import type { Source } from '../../sources/source.ts';
import { listItemChecks } from './items.ts';
import { listReleaseChecks, type ReleaseCheckTools } from './releases.ts';
import { readCoverage } from '../shared/read-coverage.ts';

/**
 * Lists the source's own checks. If it has none: those of an import, if it publishes releases; those of items, if its
 * records become items; otherwise one for each dataset, which reads its first batch.
 */
export function listSourceChecks(
  { id, every, source, datasets, checks }: ExaminedSource,
  tools: ReleaseCheckTools,
): readonly Check[] {
  if (checks !== undefined) {
    return checks((opened, dataset) => readDatasetCoverage(tools.parts().database, opened, dataset));
  }
  if (source === undefined) return [];
  if (source.release !== undefined) return listReleaseChecks({ id }, source.release, tools);
  if (source.items !== undefined) return listItemChecks({ id, every }, source.items, tools);
  return datasets.map((dataset) => ({
    name: `${id} ${dataset.name}`,
    needs: [],
    run: () => checkFirstBatch(source, dataset),
  }));
}

async function checkFirstBatch(source: Source, dataset: Dataset): Promise<Finding> {
  const { signal } = new AbortController();
  try {
    for await (const { records } of source.read(dataset, { cursor: undefined }, signal))
      return ok(`${records.length} records in the first batch`);
    return ok('no records');
  } catch (error) {
    if (error instanceof EtlError) return failed(error);
    throw error;
  }
}

/** What a run would read of a dataset; all of it if the database cannot be read. */
async function readDatasetCoverage(database: Database, source: Source, dataset: Dataset): Promise<Coverage> {
  const whole = assumeFullCoverage(dataset);
  try {
    const [found] = (await hasTables(database)) ? await readCoverage(database, source, [dataset]) : [];
    return found ?? whole;
  } catch {
    return whole;
  }
}
