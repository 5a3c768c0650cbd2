import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { ItemsSandbox, ItemsSandboxOptions } from '../../src/sandbox/items/index.ts';
import type { FreshDatabase } from './database.ts';
import { itemsFor, type SourcesFolder, sourcesFolder } from './item-sources.ts';
import { temporaryFolder } from './pipeline.ts';
import { migratedDatabase } from './template.ts';

/** A configuration of item sources only, with a database, and the server that they read. */
export type ItemsSetting = SourcesFolder & {
  readonly db: FreshDatabase;
  readonly items: ItemsSandbox;
  /** The folder of the roster's CSV files. */
  readonly files: string;
};

/** A configuration without a source yet. @param given a migrated database, unless a new one is wanted. */
export async function itemsSetting(
  options: ItemsSandboxOptions = {},
  given?: FreshDatabase,
): Promise<ItemsSetting> {
  const files = join(temporaryFolder(), 'files');
  mkdirSync(files);
  const items = await itemsFor({ folder: files, ...options });
  const db = given ?? (await migratedDatabase());
  return { ...sourcesFolder({}, db.env, { SANDBOX_KEY: items.credentials.key }), db, items, files };
}

/** Makes the files old enough to be read: a file that changed a moment ago may still be written. */
export function letFilesSettle({ files }: Pick<ItemsSetting, 'files'>): void {
  const past = new Date(Date.now() - 60_000);
  for (const name of readdirSync(files)) utimesSync(join(files, name), past, past);
}

/** Open data in pages by offset, since a time, in ascending order. */
export const permitsEntry = ({ url }: ItemsSandbox, size = 100) => ({
  type: 'api',
  url: `${url}/resource/permits.json`,
  query: { $order: ':updated_at, :id', $select: ':*, *' },
  auth: { header: 'X-App-Token', value: '${SANDBOX_KEY}' },
  page: { offset: '$offset', size, size_param: '$limit' },
  since: {
    field: ':updated_at',
    param: '$where',
    value: ":updated_at >= '{since}'",
    start: '2024-01-01T00:00:00Z',
    order: 'asc',
  },
  item: {
    external_id: 'permit_number',
    title: '{permit_type_desc}, {original_address1}',
    category: 'permit_class',
    amount: 'total_job_valuation',
    published_at: { from: 'issue_date', zone: 'America/Chicago' },
  },
});

export const rosterEntry = (files: string) => ({
  type: 'csv',
  path: join(files, 'roster-plain.csv'),
  item: {
    external_id: 'License No',
    title: '{First Name} {Last Name}',
    category: 'Office',
    amount: 'Volume',
  },
});

export const newsEntry = ({ url }: ItemsSandbox) => ({ type: 'rss', url: `${url}/feeds/rss.xml` });
