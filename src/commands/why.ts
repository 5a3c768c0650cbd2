import type { Context } from '../context.ts';
import { hasTables } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import { readListing } from '../record/listing.ts';
import { readQuarantined } from '../record/quarantine.ts';
import type { Reason, Resource } from '../model.ts';
import { askFeed } from '../run/upstream.ts';
import { describeWhy, type Why } from './why-text.ts';

export type WhyFlags = { readonly offline?: boolean; readonly json?: boolean };

/** Explains one listing: how it stands here, what the feed says now (one call), and what the next sync would do. */
export async function whyCommand(
  context: Context,
  key: string,
  flags: WhyFlags,
  say: (text: string) => void,
): Promise<void> {
  const resource = context.resources.find((each) => each.parent === undefined);
  if (resource === undefined) {
    throw new UsageError('RESOURCES has no listings to explain', {
      op: 'why',
      hint: 'add Property to RESOURCES',
    });
  }
  const isThere = await hasTables(context.database);
  const why: Why = {
    key,
    here: isThere ? await readListing(context.database, key) : undefined,
    quarantined: isThere ? await reasonsFor(context, resource, key) : [],
    upstream: flags.offline === true ? undefined : await askFeed(context.tools, resource, key, isThere),
  };
  say(flags.json === true ? JSON.stringify(why, null, 2) : describeWhy(why));
}

async function reasonsFor({ database }: Context, resource: Resource, key: string): Promise<Reason[]> {
  const entries = await readQuarantined(database, key);
  const own = entries.filter((entry) => entry.resource === resource.name);
  return own.flatMap((entry) => JSON.parse(entry.reasons) as Reason[]);
}
