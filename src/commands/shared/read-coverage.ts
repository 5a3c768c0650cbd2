import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { readSchemas } from '../../record/feed-schema.ts';
import { readSkippedResources } from '../../record/run-log.ts';
import type { Source } from '../../sources/source.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';

/** What the licence covers of each dataset, as the last runs found. Reads the database only. */
export async function readCoverage(
  session: Session,
  { schema }: Source,
  datasets: readonly Dataset[],
): Promise<readonly Coverage[]> {
  const [newest] = await readSchemas(session, 1);
  const names = datasets.map(({ name }) => name);
  const skipped = await readSkippedResources(session, names);
  return datasets.map((dataset) => {
    const unavailable = skipped.get(dataset.name);
    if (unavailable !== undefined) return { ...assumeFullCoverage(dataset), unavailable };
    return newest === undefined || schema === undefined
      ? assumeFullCoverage(dataset)
      : schema.cover(dataset, newest.schema);
  });
}
