import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { readSchemas } from '../../record/feed-schema.ts';
import { skippedResources } from '../../record/run-log.ts';
import type { Source } from '../../sources/source.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';

/** The resources as far as the licence has them, by what the last runs have learned. Asks the database only. */
export async function readCoverage(
  session: Session,
  { schema }: Source,
  resources: readonly Dataset[],
): Promise<readonly Coverage[]> {
  const [newest] = await readSchemas(session, 1);
  const names = resources.map(({ name }) => name);
  const skipped = await skippedResources(session, names);
  return resources.map((resource) => {
    const lacks = skipped.get(resource.name);
    if (lacks !== undefined) return { ...assumeFullCoverage(resource), unavailable: lacks };
    return newest === undefined || schema === undefined
      ? assumeFullCoverage(resource)
      : schema.cover(resource, newest.schema);
  });
}
