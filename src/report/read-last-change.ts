import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { SchemaChange } from '../dataset/feed-schema.ts';
import { readSchemas } from '../record/feed-schema.ts';
import { DAY_MS } from '../lib/time.ts';
import {
  diffSchemas,
  countChanges,
  affectedFields,
  changedNames,
  findRenaming,
} from '../dataset/schema-diff.ts';

/** How long a change of the feed's schema is reported. */
const MAX_CHANGE_AGE_MS = 14 * DAY_MS;

/** Reads the last change of the feed's schema, if it is recent. */
export async function readLastChange(
  database: Session,
  resources: readonly Dataset[],
  now: number,
): Promise<SchemaChange | undefined> {
  const [newest, before] = await readSchemas(database, 2);
  if (newest === undefined || before === undefined || now - newest.seenAt > MAX_CHANGE_AGE_MS)
    return undefined;
  const diff = diffSchemas(before.schema, newest.schema);
  return {
    at: newest.seenAt,
    ...countChanges(diff),
    used: affectedFields(diff, resources),
    names: changedNames(diff),
    renamed: findRenaming(before.schema.namespace, newest.schema.namespace),
  };
}
