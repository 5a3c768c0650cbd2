import { ConfigError, RowRefusedError, UsageError } from '../../errors.ts';
import type { Session } from '../../db/pool.ts';
import { readColumns } from '../../db/columns.ts';
import { LINE_NO } from '../../load/release/create-table.ts';
import { stageRows } from '../../load/release/stage-rows.ts';
import type { DerivedTable } from '../../dataset/derived-table.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { Import } from '../../record/import.ts';
import {
  markReplayed,
  readOpenRejects,
  type ReplayedAs,
  saveRejectReason,
  type StoredReject,
} from '../../record/import-reject.ts';
import type { ReleaseReader } from '../../sources/release.ts';
import { requireCapability } from '../../sources/source.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { withRun } from '../lifecycle.ts';
import { addToTally, countPage, zeroCounts } from '../tally.ts';
import { settleImports } from './imports.ts';

/** Rejects that are read at a time. */
const MAX_REJECTS = 500;

export type ReplayOutcome = {
  /** Lines that are rows now, those of other records included. */
  readonly good: number;
  readonly bad: number;
  /** Tables that were built from a table that has new rows: the next import builds them again. */
  readonly outdated: readonly string[];
};

/**
 * Reads rejected lines of the published release again with the current layout, and stores those that are rows now in the
 * published tables. A line may have been corrected in etl_import_reject.
 * @param ids undefined: all of them.
 * @throws UsageError if none of them is a reject of the published release; ConfigError if the layout has other columns than
 *   the published table.
 */
export async function replayRejects(
  tools: RunTools,
  ids: readonly number[] | undefined,
): Promise<ReplayOutcome> {
  const reader = await requireCapability(tools.source, 'release', 'replay').load();
  let [good, bad] = [0, 0];
  let outdated: readonly string[] = [];
  await withRun(tools, { mode: 'replay', resources: [], dryRun: false }, async (active) => {
    const { published } = await settleImports(active);
    if (published === undefined) throw noReject(tools.source.id);
    const ready = new Map<string, ReleaseTable>();
    const changed = new Set<string>();
    for (let after = 0; ;) {
      const rejects = await readOpenRejects(active.connection, published.tables, {
        limit: MAX_REJECTS,
        after,
        ids,
      });
      if (rejects.length === 0) break;
      after = rejects.at(-1)!.id;
      for (const reject of rejects) {
        const table = ready.get(reject.table) ?? (await findTable(active.connection, reader, reject));
        ready.set(reject.table, table);
        const isGood = await replayReject(active, reader, { published, table, reject });
        if (isGood) changed.add(table.name);
        good += isGood ? 1 : 0;
        bad += isGood ? 0 : 1;
        tools.signal.throwIfAborted();
      }
    }
    if (ids !== undefined && good + bad === 0) throw noReject(tools.source.id);
    outdated = listOutdated(reader, changed);
    return bad === 0 ? 'success' : 'partial';
  });
  return { good, bad, outdated };
}

function noReject(source: string): UsageError {
  return new UsageError(`${source}: the published release has no such rejected line`, {
    op: 'replay',
    hint: `trestle-etl quarantine list --source ${source} shows their numbers`,
  });
}

/** Finds the layout's table of a reject. @throws ConfigError if the published table has other columns. */
async function findTable(
  session: Session,
  { tables }: ReleaseReader,
  { table: name }: StoredReject,
): Promise<ReleaseTable> {
  const table = tables.find((each) => each.table === name);
  const stored = new Set((await readColumns(session, name)).map(({ name: column }) => column));
  const missing = table?.columns.filter(({ column }) => !stored.has(column)) ?? [];
  if (table !== undefined && missing.length === 0) {
    if (stored.has(LINE_NO) === (table.key === undefined)) return table;
  }
  throw new ConfigError(`the layout of ${name} changed since the release was loaded`, {
    op: 'replay',
    hint: 'the next sync loads all lines with the new layout',
  });
}

type Replay = {
  readonly published: Import;
  readonly table: ReleaseTable;
  readonly reject: StoredReject;
};

/** Stores the row of one line, and its place in the counts, in one transaction. @returns whether it is no reject any more. */
async function replayReject(active: ActiveRun, reader: ReleaseReader, replay: Replay): Promise<boolean> {
  const { published, table, reject } = replay;
  const parsed = reader.parse(table, reject.year, reject.raw);
  const result = await commitFenced(
    active,
    { name: active.tools.source.id },
    keepWatermark,
    async (session, _, at) => {
      const as = 'reject' in parsed ? parsed.reject : await storeLine(session, replay, parsed);
      if (typeof as === 'string') await markReplayed(session, reject, as, published.id, at);
      else await saveRejectReason(session, reject.id, as);
      return as;
    },
  );
  const isGood = typeof result === 'string';
  const counts = countPage({
    ...zeroCounts,
    inserted: result === 'row' ? 1 : 0,
    unchanged: isGood && result !== 'row' ? 1 : 0,
    rejected: isGood ? 0 : 1,
  });
  active.tally = addToTally(active.tally, table.table, counts, 0);
  return isGood;
}

type Problem = { readonly reason: string; readonly message: string };

async function storeLine(
  session: Session,
  { table, reject }: Replay,
  parsed: { readonly row: readonly (string | null)[] } | { readonly skipped: true },
): Promise<ReplayedAs | Problem> {
  if ('skipped' in parsed) return 'skipped';
  const staged = {
    table,
    name: table.table,
    year: reject.year,
    rows: [parsed.row],
    lineNumbers: [reject.line],
  };
  try {
    const { stored, duplicates } = await stageRows(session, staged, 'insert');
    if (stored === 1) return 'row';
    if (duplicates === 1) return 'duplicate';
  } catch (error) {
    // A value that is too long for its column.
    if (!(error instanceof RowRefusedError)) throw error;
    return { reason: 'refused', message: error.message.slice(0, 1000) };
  }
  const message = `another line has the same ${table.key?.join(', ')} with other values`;
  return { reason: 'duplicate-key', message };
}

/** The derived tables that read one of these tables. */
function listOutdated({ derived }: ReleaseReader, changed: ReadonlySet<string>): string[] {
  return derived
    .filter((each) => listSourceTables(each).some((name) => changed.has(name)))
    .map(({ table }) => table.table);
}

/** Names of the tables that a derived table is built from. */
function listSourceTables({ base, values }: DerivedTable): string[] {
  return [base, ...values.flatMap((value) => (value.kind === 'aggregate' ? [value.table] : []))];
}
