import type { District } from './data/district.ts';
import { hcadTables } from './hcad/index.ts';
import type { CountySettings } from './options.ts';
import { pacsTables } from './pacs/index.ts';
import type { CountyTable } from './table.ts';
import { tarrantTables } from './tarrant/index.ts';

export type CountyName = 'hcad' | 'pacs' | 'tarrant';

type County = {
  /** The path of its folders of years. */
  readonly path: string;
  readonly tables: readonly CountyTable[];
  readonly maxAccounts: number;
  /** Whether it has one archive, which answers under any name. */
  readonly hasOneArchive: boolean;
};

/** PACS has 9 KB for each property. */
const OTHER_ACCOUNTS = 2000;

export const counties: Readonly<Record<CountyName, County>> = {
  hcad: { path: '/data/CAMA', tables: hcadTables, maxAccounts: Infinity, hasOneArchive: false },
  pacs: { path: '/pacs', tables: pacsTables, maxAccounts: OTHER_ACCOUNTS, hasOneArchive: true },
  tarrant: { path: '/tarrant', tables: tarrantTables, maxAccounts: OTHER_ACCOUNTS, hasOneArchive: true },
};

/** An archive that a request names, with its tables. */
export type RequestedArchive = {
  readonly county: CountyName;
  readonly year: number;
  readonly archive: string;
  readonly tables: readonly CountyTable[];
};

/** Finds the archive of a path such as `/data/CAMA/2026/Real_acct_owner.zip`; undefined if there is none. */
export function findArchive(path: string, settings: CountySettings): RequestedArchive | undefined {
  for (const [name, county] of Object.entries(counties)) {
    if (!path.startsWith(`${county.path}/`)) continue;
    const [, digits, archive] = /^\/(\d{4})\/([\w.-]+)\.zip$/i.exec(path.slice(county.path.length)) ?? [];
    const year = Number(digits);
    if (archive === undefined || !settings.years.includes(year)) return undefined;
    const tables = county.tables.filter((table) => county.hasOneArchive || table.archive === archive);
    if (tables.length === 0) return undefined;
    return { county: name as CountyName, year, archive, tables };
  }
  return undefined;
}

/** The state of a county in a year and release. */
export function districtOf(
  county: CountyName,
  year: number,
  release: number,
  { accounts, seed }: CountySettings,
): District {
  return { seed, accounts: Math.min(accounts, counties[county].maxAccounts), year, release };
}

/** @throws RangeError if the county has no such table. */
export function findTable(county: CountyName, name: string): CountyTable {
  const table = counties[county].tables.find((each) => each.name === name);
  if (table === undefined) throw new RangeError(`${county} has no table ${name}`);
  return table;
}
