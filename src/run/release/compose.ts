import type { Archive } from '../../model/archive.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { Import } from '../../record/import.ts';
import type { Publication, ReleaseReader } from '../../sources/release.ts';

type Present = Extract<Publication, { kind: 'present' }>;

/** How a table of the new release is made. */
export type TablePlan = {
  readonly table: ReleaseTable;
  /** Years whose files are loaded. */
  readonly loads: readonly number[];
  /** Years that are copied from the published table, because their archive did not change. */
  readonly copies: readonly number[];
};

/** What has to be done for a new release. */
export type ReleasePlan = {
  readonly builds: readonly TablePlan[];
  /** Tables that the new release shares with the published one, and the imports that loaded them. */
  readonly kept: Readonly<Record<string, number>>;
};

/** Decides which tables have to be loaded. Nothing is built if nothing changed. */
export function planRelease(
  reader: Pick<ReleaseReader, 'tables' | 'shape' | 'archiveOf'>,
  { archives, years }: Present,
  published: Import | undefined,
): ReleasePlan {
  const usable = published?.shape === reader.shape ? published : undefined;
  const hadYear = (year: number): boolean => usable?.archives.some((each) => each.year === year) === true;
  const leaves = usable?.archives.some(({ year }) => !years.includes(year)) === true;
  const kept: Record<string, number> = {};
  const builds: TablePlan[] = [];
  for (const table of reader.tables) {
    const maker = usable?.tables[table.table];
    const name = reader.archiveOf(table);
    const isSame = (year: number): boolean =>
      maker !== undefined &&
      hadYear(year) &&
      archives.some((each) => each.name === name && each.year === year && !each.isChanged);
    const copies = years.filter(isSame);
    if (maker !== undefined && !leaves && copies.length === years.length) kept[table.table] = maker;
    else builds.push({ table, copies, loads: years.filter((year) => !isSame(year)) });
  }
  return { builds, kept };
}

/** The archives of a release whose tables all exist: they need not be fetched again. None if other columns are wanted. */
export function knownArchives(
  reader: Pick<ReleaseReader, 'tables' | 'derived' | 'shape' | 'archiveOf'>,
  one: Import | undefined,
): readonly Archive[] {
  if (one?.shape !== reader.shape) return [];
  const lost = reader.tables.filter(
    ({ name, table }) =>
      one.tables[table] === undefined ||
      reader.derived.some(
        (derived) => derived.base === name && one.tables[derived.table.table] === undefined,
      ),
  );
  const incomplete = new Set(lost.map((table) => reader.archiveOf(table)));
  return one.archives.filter(({ name }) => !incomplete.has(name));
}

/** The import that loads each table of a release. @param id the import that builds what the plan builds. */
export function composeTables(
  { builds, kept }: ReleasePlan,
  { derived }: Pick<ReleaseReader, 'derived'>,
  id: number,
): Import['tables'] {
  const built = [...builds, ...derived].map(({ table: { table } }) => [table, id] as const);
  return { ...kept, ...Object.fromEntries(built) };
}

/** Whether two imports are of the same files: then one resumes the other. */
export function areSameFiles(one: readonly Archive[], other: readonly Archive[]): boolean {
  return identify(one) === identify(other);
}

function identify(archives: readonly Archive[]): string {
  return archives
    .map(({ name, year, sha256, etag, lastModified, bytes }) =>
      [name, year, sha256 ?? `${etag} ${lastModified} ${bytes}`].join('\t'),
    )
    .sort()
    .join('\n');
}
