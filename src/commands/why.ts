import type { Context } from '../app/context.ts';
import { hasTables } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import { columnFor, keyColumn } from '../load/statement.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Reason } from '../model/row.ts';
import { readFieldIssues } from '../record/field-issue.ts';
import { readListing } from '../record/listing.ts';
import { readQuarantined } from '../record/quarantine.ts';
import { readRecord } from '../record/record-here.ts';
import { askFeed } from '../run/repair/upstream.ts';
import { licensedResources } from './licensed.ts';
import { pick } from './pick.ts';
import { describeWhy, type Why } from './why-text.ts';
import { versionField } from '../dataset/reading.ts';

export type WhyFlags = { readonly resource?: string; readonly offline?: boolean; readonly json?: boolean };

/** Explains one record: how it stands here, what the feed says now (one call), and what the next sync would do. */
export async function whyCommand(
  context: Context,
  key: string,
  flags: WhyFlags,
  say: (text: string) => void,
): Promise<void> {
  if (key.trim() !== key || key === '') {
    throw new UsageError(`'${key}' is no key: it is empty, or has spaces around it`, {
      op: 'why',
      hint: 'trestle-etl why 1155528690',
    });
  }
  const resource = chosen(context, flags.resource);
  const isThere = await hasTables(context.database);
  const [licensed] = isThere
    ? await licensedResources(context.database, context.tools.source, [resource])
    : [];
  const asked = licensed?.resource ?? resource;
  const why: Why = {
    resource: resource.name,
    key,
    here: isThere ? await readHere(context, resource, key) : undefined,
    quarantined: isThere ? await reasonsFor(context, resource, key) : [],
    fields: isThere ? await readFieldIssues(context.database, resource.name, key) : [],
    upstream: flags.offline === true ? undefined : await askFeed(context.tools, asked, key, isThere),
  };
  say(flags.json === true ? JSON.stringify(why, null, 2) : describeWhy(why));
}

function chosen({ resources }: Context, name: string | undefined): Dataset {
  if (name !== undefined) return pick(resources, [name], '--resource')[0]!;
  const listings = resources.find((each) => each.name === 'Property');
  if (listings !== undefined) return listings;
  throw new UsageError('RESOURCES has no listings to explain', {
    op: 'why',
    hint: 'say which of RESOURCES is meant with --resource, or add Property to it',
  });
}

async function readHere({ database }: Context, resource: Dataset, key: string): Promise<Why['here']> {
  const place = {
    resource: resource.name,
    table: resource.table,
    rawTable: resource.rawTable,
    key: keyColumn(resource),
    version: columnFor(resource, versionField(resource)),
  };
  const record = await readRecord(database, place, key);
  if (record === undefined) return undefined;
  return { ...record, ...(resource.name === 'Property' ? await readListing(database, key) : {}) };
}

async function reasonsFor({ database }: Context, resource: Dataset, key: string): Promise<Reason[]> {
  const entries = await readQuarantined(database, key);
  const own = entries.filter((entry) => entry.resource === resource.name);
  return own.flatMap((entry) => JSON.parse(entry.reasons) as Reason[]);
}
