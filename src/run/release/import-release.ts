import type { Archive } from '../../model/archive.ts';
import { isDeepStrictEqual } from 'node:util';
import { FatalError } from '../../errors.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { unpublishedName } from '../../load/release/names.ts';
import { quote } from '../../load/statement.ts';
import {
  type Import,
  clearImportMessage,
  openImport,
  PARCELS_PENDING,
  readFileProgress,
  saveTables,
  setImportState,
} from '../../record/import.ts';
import { readTableChanges, saveTableChange } from '../../record/import-quality.ts';
import type { RunStatus } from '../../record/run-log.ts';
import type { Publication, ReleaseReader } from '../../sources/release.ts';
import { requireCapability } from '../../sources/source.ts';
import type { ActiveRun } from '../active-run.ts';
import { addToTally, isComplete, zeroCounts } from '../tally.ts';
import { updateParcels } from '../parcels/after-publish.ts';
import { compareTable } from './compare-releases.ts';
import { areSameFiles, composeTables, knownArchives, planRelease, type ReleasePlan } from './compose.ts';
import { examineRelease, refuseRelease } from './examine.ts';
import { dropOthers, type Imports, settleImports } from './imports.ts';
import { publishRelease } from './publish-release.ts';
import { hasStagedTables, stageDerived, stageRelease } from './stage-release.ts';

export type ImportOptions = {
  /** Archives are downloaded and loaded even if nothing changed. */
  readonly always: boolean;
  /** A folder or archive with the files, instead of the publisher. */
  readonly from: string | undefined;
  /** Publishes a release although it failed its checks. */
  readonly force: boolean;
};

export type ImportResult = {
  readonly status: RunStatus;
  /** The import that was published; undefined if there was nothing to do. */
  readonly published?: number;
  /** The tables that a run would load, if this one only looks. */
  readonly planned?: readonly string[];
};

const NOTHING_TO_DO: ImportResult = { status: 'success' };

type Present = Extract<Publication, { kind: 'present' }>;

/**
 * Imports a release: fetches the archives that changed, stages their tables, examines them, and publishes all of them at once.
 * What was fetched and staged is not fetched and staged again after an interruption.
 * @throws ImplausibleDataError if the release failed its checks; the published one stays.
 */
export async function importRelease(active: ActiveRun, options: ImportOptions): Promise<ImportResult> {
  const { source, signal } = active.tools;
  const reader = await requireCapability(source, 'release', 'import').load();
  const imports = await settleImports(active);
  if (!options.always && !options.force && (await isKnownBad(active, reader, imports, options.from)))
    return NOTHING_TO_DO;
  const known = options.always ? [] : knownArchives(reader, imports.published);
  const looksOnly = active.options.dryRun;
  const found = await reader.fetch({ known, always: options.always, from: options.from, looksOnly }, signal);
  if (found.kind === 'absent') {
    report(active.tools, `${source.id}: ${found.years.join(', ')} is not published yet`);
    return NOTHING_TO_DO;
  }
  if (found.absentYears.length > 0)
    report(active.tools, `${source.id}: ${found.absentYears.join(', ')} is not published yet`);
  const plan = planRelease(reader, found, options.always ? undefined : imports.published);
  active.tally = Object.keys(plan.kept).reduce(
    (tally, name) => addToTally(tally, name, zeroCounts, 0),
    active.tally,
  );
  if (plan.builds.length === 0) {
    report(
      active.tools,
      `${source.id}: nothing changed since ${imports.published?.publishedAt ?? 'the last import'}`,
    );
    if (looksOnly) return NOTHING_TO_DO;
    await reader.discard();
    return { status: await completeRelease(active, reader, imports.published) };
  }
  if (looksOnly) {
    return { status: 'success', planned: plan.builds.map(({ table }) => table.table) };
  }
  const opened = await resumeOrOpen(active, reader, imports, found, plan);
  await buildRelease(active, reader, { opened, imports, plan, options });
  await reader.discard();
  const { published } = await settleImports(active);
  const isUpdated = (await completeRelease(active, reader, published)) === 'success';
  return { status: isUpdated && isComplete(active.tally) ? 'success' : 'partial', published: opened.id };
}

/** Brings the parcels of a published release up to date, unless an earlier run did. */
async function completeRelease(
  active: ActiveRun,
  { matching }: ReleaseReader,
  published: Import | undefined,
): Promise<RunStatus> {
  if (published?.message !== PARCELS_PENDING) return 'success';
  if (!(await updateParcels(active, matching))) return 'partial';
  const at = toSqlDateTime(active.tools.clock.now());
  await clearImportMessage(active.connection, published.id, at);
  return 'success';
}

/** Whether the publisher still has a release that was refused or rolled back: it is not downloaded again. */
async function isKnownBad(
  { tools }: ActiveRun,
  reader: ReleaseReader,
  { all, published }: Imports,
  from: string | undefined,
): Promise<boolean> {
  const newest = all.find(({ id }) => id > (published?.id ?? 0));
  if (newest === undefined || (newest.state !== 'refused' && newest.state !== 'rolled-back')) return false;
  const known = knownArchives(reader, newest);
  if (known.length === 0) return false;
  const look = { known, always: false, from, looksOnly: true };
  const found = await reader.fetch(look, tools.signal);
  if (found.kind === 'absent' || found.archives.some(({ isChanged }) => isChanged)) return false;
  report(tools, `${tools.source.id}: the publisher still has the release that was ${newest.state}`);
  return true;
}

/** Resumes an interrupted import of the same files, or opens a new one and drops the tables of the others. */
async function resumeOrOpen(
  active: ActiveRun,
  reader: ReleaseReader,
  imports: Imports,
  found: Present,
  plan: ReleasePlan,
): Promise<Import> {
  const { connection, tools } = active;
  const open = await findResumable(active, reader, imports, found, plan);
  const retained = imports.all.filter(
    (each) =>
      each.id === open?.id ||
      each.state === 'published' ||
      each.state === 'kept' ||
      each.state === 'rolled-back',
  );
  await dropOthers(active, imports, retained);
  if (open !== undefined) {
    report(active.tools, `${tools.source.id}: resumes import ${open.id}`);
    return open;
  }
  const at = toSqlDateTime(tools.clock.now());
  const archives = found.archives.map(toImported);
  const created = { source: tools.source.id, shape: reader.shape, archives, run: active.id };
  const id = await openImport(connection, created, at);
  const tables = composeTables(plan, reader, id);
  await saveTables(connection, id, tables, at);
  return {
    ...created,
    id,
    state: 'loading',
    tables,
    startedAt: at,
    publishedAt: null,
    message: null,
  };
}

function toImported({ name, year, url, etag, lastModified, bytes, sha256 }: Archive): Archive {
  return { name, year, url, etag, lastModified, bytes, sha256 };
}

/** Finds an interrupted import of the same files and tables, whose staged tables are still there. */
async function findResumable(
  { connection, tools }: ActiveRun,
  reader: ReleaseReader,
  imports: Imports,
  found: Present,
  plan: ReleasePlan,
): Promise<Import | undefined> {
  for (const each of imports.all) {
    const { id, state, shape, archives, tables } = each;
    const isOpen = state === 'loading' || state === 'ready' || state === 'refused';
    if (!isOpen || shape !== reader.shape || !areSameFiles(archives, found.archives)) continue;
    if (!isDeepStrictEqual(tables, composeTables(plan, reader, id))) continue;
    if (await hasStagedTables(connection, tools.source.id, each)) return each;
  }
  return undefined;
}

type Build = {
  readonly opened: Import;
  readonly imports: Imports;
  readonly plan: ReleasePlan;
  readonly options: ImportOptions;
};

async function buildRelease(
  active: ActiveRun,
  reader: ReleaseReader,
  { opened, imports, plan, options }: Build,
): Promise<void> {
  const { connection, tools } = active;
  const { published } = imports;
  const { id } = opened;
  const nameOf = (name: string): string => {
    const table = reader.tables.find((each) => each.name === name)?.table;
    if (table === undefined) throw new FatalError(`there is no table ${name}`, { op: 'import' });
    return quote(opened.tables[table] === id ? unpublishedName(table, id) : table);
  };
  if (opened.state === 'loading') {
    await stageRelease(active, reader, id, plan.builds);
    await stageDerived(active, reader, id, nameOf);
  }
  report(active.tools, `${tools.source.id}: examines the release`);
  const tables = plan.builds.map(({ table }) => table);
  const files = await readFileProgress(connection, id);
  const failed = await examineRelease(active, reader, { id, tables, files, nameOf, published });
  const at = toSqlDateTime(tools.clock.now());
  if (failed.length > 0 && !options.force) {
    await setImportState(connection, id, 'refused', at, `${failed.length} checks failed`);
    refuseRelease(tools.source.id, failed);
  }
  await saveChanges(active, reader, opened, published, nameOf);
  await setImportState(connection, id, 'ready', at);
  await publishRelease(active, published, opened, 'kept');
  await dropOld(active, reader.keep);
}

/** Compares the release with the published one. Tables that both share did not change. */
async function saveChanges(
  active: ActiveRun,
  reader: ReleaseReader,
  opened: Import,
  published: Import | undefined,
  nameOf: (table: string) => string,
): Promise<void> {
  const { connection } = active;
  const before = published === undefined ? [] : await readTableChanges(connection, published.id);
  for (const table of reader.tables) {
    const hadTable = published?.tables[table.table] !== undefined;
    if (opened.tables[table.table] === opened.id) {
      const change = await compareTable(connection, table, nameOf(table.name), hadTable);
      await saveTableChange(connection, opened.id, change);
      continue;
    }
    const last = before.find((each) => each.table === table.table);
    if (last === undefined) continue;
    const changes = { added: 0, changed: 0, unchanged: last.rows, gone: 0 };
    await saveTableChange(connection, opened.id, { ...last, unit: 'rows', changes });
  }
}

/** Keeps the published release and the newest before it, and drops the tables of the others. */
async function dropOld(active: ActiveRun, keep: number): Promise<void> {
  const imports = await settleImports(active);
  const earlier = imports.all.filter(({ state }) => state === 'kept').slice(0, keep - 1);
  const { published } = imports;
  await dropOthers(active, imports, published === undefined ? earlier : [published, ...earlier]);
}

/** Shows what happens on a terminal, and logs it. */
function report({ progress, log }: Pick<ActiveRun['tools'], 'progress' | 'log'>, text: string): void {
  progress.report(text);
  log.main.info({}, text);
}
