import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError, DamagedFileError } from '../../errors.ts';
import type { Downloader } from '../../http/download/index.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { FilePlace, LineBatch, ReleaseFile, ReleaseReader } from '../release.ts';
import { fetchYear, findLocal, removeCopies, toPublication, yearsOf } from './archives.ts';
import { describeDamage } from './damaged.ts';
import type { Layout, LayoutTable } from './layouts/layout.ts';
import { matchesMember } from './layouts/members.ts';
import type { Found, Wanted } from './local-archive.ts';
import { parcelTables } from './parcels.ts';
import { parseLine, parseMember } from './parse/index.ts';
import type { CountyEntry } from './settings.ts';
import { releaseTables, selectTables } from './tables.ts';
import { type Archive, openArchive } from '../archive/index.ts';

export type CountyOptions = {
  readonly id: string;
  readonly entry: CountyEntry;
  readonly layout: Layout;
  /** For copies of archives. */
  readonly folder: string;
  readonly downloader: Downloader;
  readonly now: () => number;
  /** Called for columns of a file that the layout does not have. */
  readonly onUnknownColumns: (file: string, columns: readonly string[]) => void;
};

/** What an archive may unpack to. PACS is mostly blanks: it is 42 times as large unpacked. */
const LIMITS = { maxBytes: 200 * 1024 ** 3, maxRatio: 200, maxMembers: 10_000 };

/** Creates the reader of a county's releases. Requests nothing yet. */
export function createCountyReader(options: CountyOptions): ReleaseReader {
  const { id, entry, layout, folder, now } = options;
  const layoutTables = selectTables(id, layout, entry.tables);
  const tables = releaseTables(id, layout, entry.tables);
  const derived = parcelTables(
    id,
    layout,
    tables.map(({ name }) => name),
  );
  const layoutOf = ({ name }: ReleaseTable): LayoutTable => layoutTables.find((each) => each.name === name)!;
  let found: readonly Found[] = [];
  const open = new Map<string, Promise<Archive>>();
  let isLocal = false;
  const openOnce = (file: string): Promise<Archive> => {
    const opened = open.get(file) ?? openArchive(file, LIMITS);
    open.set(file, opened);
    return opened;
  };
  /** A damaged download is removed; files of the user are not. */
  const onDamage = (archive: Found, error: unknown): unknown => {
    if (isLocal || !(error instanceof DamagedFileError)) return error;
    open.delete(archive.file);
    return describeDamage(archive, error);
  };
  const wantedIn = (year: number): Wanted[] => listWanted(options, layoutTables, year);
  return {
    tables,
    derived,
    shape: hashShape(layoutTables, derived),
    keep: entry.keep_releases,
    matching: matchingOf(options, derived),
    limitsOf: (table) => {
      const { rejects, shrink, growth } = layoutOf(table).guards;
      return { maxRejectPercent: rejects, maxShrinkPercent: shrink, maxGrowthPercent: growth };
    },
    archiveOf: (table) => layoutOf(table).archive,
    fetch: async (fetching, signal) => {
      const { years, isLatest } = yearsOf(entry, now());
      isLocal = fetching.from !== undefined;
      if (fetching.from !== undefined) {
        if (isLatest) throw unknownYear(id);
        found = await findLocal(fetching.from, years.flatMap(wantedIn), fetching.known, signal);
        return toPublication(found, []);
      }
      const tools = { downloader: options.downloader, sha256: entry.sha256 };
      const present: Found[] = [];
      const absent: number[] = [];
      for (const year of years) {
        const archives = await fetchYear(tools, wantedIn(year), fetching, signal);
        if (archives === undefined) absent.push(year);
        else present.push(...archives);
        if (isLatest && archives !== undefined) break;
      }
      found = present;
      return present.length === 0 ? { kind: 'absent', years: absent } : toPublication(present, absent);
    },
    files: async (table, year) => {
      const layoutTable = layoutOf(table);
      const archive = found.find((each) => each.name === layoutTable.archive && each.year === year);
      if (archive === undefined) throw new TypeError(`the archive of ${table.name} was not fetched`);
      const { members } = await openOnce(archive.file).catch((error: unknown) => {
        throw onDamage(archive, error);
      });
      const own = members.filter(({ name }) => matchesMember(layoutTable.members, name));
      if (own.length === 0) throw missingFile(layoutTable, archive);
      if (own.length > 1 && layoutTable.key === undefined) throw severalFiles(layoutTable, archive, own);
      return own.map(({ name, bytes }) => ({ table, year, archive: archive.name, member: name, bytes }));
    },
    read: (file, from, signal) => readFile(file, from, signal),
    parse: (table, year, raw) => parseLine(layoutOf(table), raw, { year, columns: table.columns }),
    discard: async () => {
      for (const opened of open.values()) await (await opened).close();
      open.clear();
      removeCopies(folder);
    },
  };

  async function* readFile(
    file: ReleaseFile,
    from: FilePlace | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LineBatch> {
    const archive = found.find((each) => each.name === file.archive && each.year === file.year)!;
    const { members } = await openOnce(archive.file);
    const member = members.find(({ name }) => name === file.member)!;
    const label = `${file.archive}: ${file.member}`;
    const batches = parseMember(layoutOf(file.table), member.open(signal), {
      from,
      year: file.year,
      columns: file.table.columns,
      label,
      onHeader: ({ unknown }) => {
        if (unknown.length > 0) options.onUnknownColumns(label, unknown);
      },
    });
    try {
      yield* batches;
    } catch (error) {
      const reader = await openOnce(archive.file);
      const reported = onDamage(archive, error);
      if (reported !== error) await reader.close();
      throw reported;
    }
  }
}

/** The archives of a year that the tables need. */
function listWanted(
  { id, entry, layout, folder }: CountyOptions,
  tables: readonly LayoutTable[],
  year: number,
): Wanted[] {
  const base = entry.url ?? layout.url;
  if (base === undefined) {
    throw new ConfigError(`${id}: the layout ${layout.name} has no address`, {
      op: 'read sources',
      hint: `set url of ${id} in sources.yaml`,
    });
  }
  return [...new Set(tables.map(({ archive }) => archive))].map((name) => {
    const path = layout.archives[name]!.replaceAll('{year}', String(year));
    return {
      name,
      year,
      url: `${base.replace(/\/+$/, '')}/${path}`,
      file: join(folder, String(year), `${name}.archive`),
    };
  });
}

function matchingOf(
  { entry, layout: { parcels } }: CountyOptions,
  [parcel]: ReleaseReader['derived'],
): ReleaseReader['matching'] {
  if (parcels === undefined || parcel === undefined) return undefined;
  const { counties = parcels.counties } = entry;
  if (counties.length === 0) return undefined;
  const { number } = parcels;
  return { table: parcel.table.table, counties, number, minPercent: entry.min_match_percent };
}

/** Differs if the tables or their columns differ. */
function hashShape(tables: readonly LayoutTable[], derived: ReleaseReader['derived']): string {
  return createHash('sha256')
    .update(JSON.stringify([tables, derived]))
    .digest('hex');
}

function unknownYear(id: string): ConfigError {
  return new ConfigError(`${id}: the year of these files is not known`, {
    op: 'read files',
    hint: `set year of ${id} in sources.yaml, such as year: 2026`,
  });
}

function missingFile({ name, members }: LayoutTable, { name: archive, year }: Found): ConfigError {
  return new ConfigError(`${archive} of ${year} has no file ${members.join(' or ')} for the table ${name}`, {
    op: 'read files',
    hint: `leave ${name} out of tables in sources.yaml, or correct the layout`,
  });
}

/** Rows without a key are numbered by the lines of one file. */
function severalFiles(
  { name }: LayoutTable,
  { name: archive, year }: Found,
  members: readonly { readonly name: string }[],
): ConfigError {
  const names = members.map((member) => member.name).join(', ');
  return new ConfigError(
    `${name} has no key, so its rows are numbered by the lines of one file, and ${archive} of ${year} has several: ${names}`,
    { op: 'read files', hint: 'give the table a key in the layout, or describe one table for each file' },
  );
}
