import type { Context } from '../../app/context.ts';
import { parseInstant } from '../../lib/time.ts';
import type { SeenSchema } from '../../record/feed-schema.ts';
import { diffSchemas, affectedFields } from '../../dataset/schema-diff.ts';
import { readOrFetchSchemas } from '../shared/read-or-fetch-schemas.ts';
import { readInstant } from '../shared/read-instant.ts';
import { formatDiff } from './format.ts';
import type { SchemaFlags } from './index.ts';
import { requireFeed } from '../shared/require-feed.ts';

/** As many as are stored. */
const MAX_VERSIONS = 100;

/** Shows the last change of the feed's schema, or all changes since an instant. */
export async function showDiff(
  context: Context,
  flags: SchemaFlags,
  print: (text: string) => void,
): Promise<void> {
  requireFeed(context, 'schema');
  const { clock } = context.tools;
  const since = flags.since === undefined ? undefined : parseInstant(readInstant(flags.since, clock.now()));
  const maxVersions = since === undefined ? 2 : MAX_VERSIONS;
  const versions = await readOrFetchSchemas(context, flags.refresh ?? false, maxVersions);
  const [to] = versions;
  const from = findVersion(versions, since);
  if (to === undefined || from === undefined) {
    const only = to === undefined ? null : describeVersion(to);
    print(flags.json === true ? JSON.stringify({ from: null, to: only }, null, 2) : formatSingleVersion(to));
    return;
  }
  const diff = diffSchemas(from.schema, to.schema);
  const used = affectedFields(diff, context.resources);
  const shown = { from: describeVersion(from), to: describeVersion(to), ...diff, used };
  print(flags.json === true ? JSON.stringify(shown, null, 2) : formatDiff(shown));
}

/** Finds the version at an instant, or the one before the last change. If the instant is too early, the oldest one. */
function findVersion(versions: readonly SeenSchema[], since: number | undefined): SeenSchema | undefined {
  if (versions.length < 2) return undefined;
  if (since === undefined) return versions[1];
  return versions.find(({ seenAt }) => seenAt <= since) ?? versions.at(-1);
}

function describeVersion({ schema, seenAt, checkedAt, formerly }: SeenSchema) {
  return {
    seenAt: new Date(seenAt).toISOString(),
    checkedAt: new Date(checkedAt).toISOString(),
    hash: schema.hash,
    namespace: schema.namespace,
    ...(formerly === undefined ? {} : { formerly }),
  };
}

function formatSingleVersion(version: SeenSchema | undefined): string {
  if (version === undefined) return "the feed's schema has not been read yet";
  const { seenAt, checkedAt } = describeVersion(version);
  const former =
    version.formerly === undefined
      ? ''
      : `\nit was renamed from ${version.formerly} to ${version.schema.namespace}`;
  const [seen, checked] = [seenAt, checkedAt].map((time) => time.slice(0, 16).replace('T', ' '));
  return `the feed's schema has not changed: the version of ${seen} UTC is the only one, last checked ${checked} UTC${former}`;
}
