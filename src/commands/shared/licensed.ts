import type { Session } from '../../db/pool.ts';
import type { Resource } from '../../dataset/dataset.ts';
import { readSchemas } from '../../record/feed-schema.ts';
import { skippedResources } from '../../record/run-log.ts';
import { asDescribed, type Licensed, withinLicence } from '../../sources/trestle/licence.ts';

/** The resources as far as the licence has them, by what the last runs have learned. Asks the database only. */
export async function licensedResources(
  session: Session,
  resources: readonly Resource[],
): Promise<readonly Licensed[]> {
  const [newest] = await readSchemas(session, 1);
  const names = resources.map(({ name }) => name);
  const skipped = await skippedResources(session, names);
  return resources.map((resource) => {
    const lacks = skipped.get(resource.name);
    if (lacks !== undefined) return { ...asDescribed(resource), lacks };
    return newest === undefined ? asDescribed(resource) : withinLicence(resource, newest.schema);
  });
}
