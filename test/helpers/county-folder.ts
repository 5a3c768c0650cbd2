import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CountySandbox } from '../../src/sandbox/county/index.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, trestle } from './cli.ts';
import { allowDrop, countyFor } from './county.ts';
import type { FreshDatabase } from './database.ts';
import { migratedDatabase } from './template.ts';

export type CountyFolder = {
  readonly county: CountySandbox;
  readonly db: FreshDatabase;
  readonly folder: string;
};

/** The tables that `parcel` is made from, and two without a key. */
export const COUNTY_TABLES = ['real_acct', 'owners', 'building_res', 'fixtures', 'extra_features', 'land'];

type CountyOptions = {
  readonly county?: CountySandbox;
  /** Also configured; unset: only the county is. */
  readonly feed?: Sandbox;
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of the entry `hcad` in sources.yaml. */
  readonly entry?: readonly string[];
};

/** A folder with `.env` and `sources.yaml` for a county, and a database whose user has the rights for both. */
export async function countyFolder(options: CountyOptions = {}): Promise<CountyFolder> {
  const county = options.county ?? (await countyFor());
  const db = await migratedDatabase();
  await allowDrop(db);
  const none = { url: undefined, clientId: undefined, clientSecret: undefined };
  const folder = configured((options.feed ?? none) as Sandbox, db, {
    ...(options.feed === undefined
      ? {
          TRESTLE_API_BASE_URL: undefined,
          TRESTLE_CLIENT_ID: undefined,
          TRESTLE_CLIENT_SECRET: undefined,
        }
      : {}),
    ...options.env,
  });
  writeEntry(folder, options.entry ?? defaultEntry(county));
  return { county, db, folder };
}

export function defaultEntry(county: CountySandbox): string[] {
  return ['layout: hcad', 'year: 2026', `url: ${county.url}`, `tables: [${COUNTY_TABLES.join(', ')}]`];
}

export function writeEntry(folder: string, entry: readonly string[]): void {
  const lines = ['sources:', '  hcad:', '    type: county', ...entry.map((line) => `    ${line}`), ''];
  writeFileSync(join(folder, 'sources.yaml'), lines.join('\n'));
}

/** Runs a command that succeeds, and returns what it prints. */
export async function prints(folder: string, ...args: string[]): Promise<string> {
  const ended: Ended = await trestle(folder, args);
  expect({ args, ...ended }).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}
