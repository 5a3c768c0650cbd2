import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { UsageError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reason } from '../../model/row.ts';
import { readFieldIssues } from '../../record/field-issue.ts';
import { type ListingFile, readListingFiles } from '../../record/media-file-report.ts';
import { readQuarantined } from '../../record/quarantine.ts';
import { readStoredRecord } from '../../run/inspect/stored-record.ts';
import { compareWithFeed } from '../../run/repair/compare-with-feed.ts';
import { readCoverage } from '../shared/read-coverage.ts';
import { usesMediaFiles } from '../../report/read-media-files.ts';
import { requireFeed } from '../shared/require-feed.ts';
import { selectResources } from '../shared/select-resources.ts';
import { explainItem } from './explain-item.ts';
import { findItemAddress } from './find-item.ts';
import { describeWhy, type Why } from './format.ts';
import { readParcels } from './read-parcels.ts';
import type { WhyFlags } from './index.ts';

/**
 * Explains one record: what is stored, what the feed has now (one request), and what the next sync would do; or one item of a
 * source, as `SOURCE/ID`, without a request.
 */
export async function explainRecord(
  context: Context,
  key: string,
  flags: WhyFlags,
  print: (text: string) => void,
): Promise<void> {
  if (key.trim() !== key || key === '') {
    throw new UsageError(`'${key}' is not a key: it is empty, or has spaces around it`, {
      op: 'why',
      hint: 'trestle-etl why 1155528690',
    });
  }
  const item = findItemAddress(context, key);
  if (item !== undefined) return explainItem(context, item, flags, print);
  requireFeed(context, 'why', 'trestle-etl parcels shows how listings match accounts');
  const dataset = selectDataset(context, flags.resource);
  const tablesExist = await hasTables(context.database);
  const [licensed] = tablesExist ? await readCoverage(context.database, context.tools.source, [dataset]) : [];
  const covered = licensed?.dataset ?? dataset;
  const why: Why = {
    resource: dataset.name,
    key,
    here: tablesExist ? await readStoredRecord(context.database, dataset, key) : undefined,
    quarantined: tablesExist ? await readReasons(context, dataset, key) : [],
    fields: tablesExist ? await readFieldIssues(context.database, dataset.name, key) : [],
    upstream:
      flags.offline === true ? undefined : await compareWithFeed(context.tools, covered, key, tablesExist),
    ...(tablesExist && dataset.name === 'Property' ? await readOfListing(context, key) : {}),
  };
  return print(flags.json === true ? JSON.stringify(why, null, 2) : describeWhy(why));
}

async function readOfListing(
  context: Context,
  key: string,
): Promise<Pick<Why, 'parcels'> & { files?: readonly ListingFile[] }> {
  const parcels = await readParcels(context, key);
  if (!(await usesMediaFiles(context.database, context))) return { parcels };
  return { parcels, files: await readListingFiles(context.database, key) };
}

function selectDataset({ resources }: Context, name: string | undefined): Dataset {
  if (name !== undefined) return selectResources(resources, [name], '--resource')[0]!;
  const listings = resources.find((each) => each.name === 'Property');
  if (listings !== undefined) return listings;
  throw new UsageError('RESOURCES has no listings to explain', {
    op: 'why',
    hint: 'name one of RESOURCES with --resource, or add Property to RESOURCES',
  });
}

async function readReasons({ database }: Context, dataset: Dataset, key: string): Promise<Reason[]> {
  const entries = await readQuarantined(database, key);
  const own = entries.filter((entry) => entry.resource === dataset.name);
  return own.flatMap((entry) => JSON.parse(entry.reasons) as Reason[]);
}
