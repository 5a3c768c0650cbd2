import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { UsageError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { compareWithFeed } from '../../run/repair/compare-with-feed.ts';
import { readRecordReport } from '../../report/read-record-report.ts';
import { readCoverage } from '../shared/read-coverage.ts';
import { requireFeed } from '../shared/require-feed.ts';
import { selectResources } from '../shared/select-resources.ts';
import { explainItem } from './explain-item.ts';
import { findItemAddress } from './find-item.ts';
import { describeWhy, type Why } from './format.ts';
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
  const { parcels, files, ...stored } = await readRecordReport(context, dataset, key);
  const why: Why = {
    ...stored,
    upstream:
      flags.offline === true ? undefined : await compareWithFeed(context.tools, covered, key, tablesExist),
    ...(parcels === undefined ? {} : { parcels }),
    ...(files === undefined ? {} : { files }),
  };
  return print(flags.json === true ? JSON.stringify(why, null, 2) : describeWhy(why));
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
