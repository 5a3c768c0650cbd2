import type { Session } from '../db/pool.ts';
import { compare, type Difference } from '../load/compare.ts';
import { rejectOversizedRows } from '../load/reject-oversized-rows.ts';
import { loadRows, type LoadResult, type LoadOptions, readStored } from '../load/upsert.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Counts } from '../model/counts.ts';
import type { Reject, Row } from '../model/row.ts';
import { saveFieldIssues } from '../record/field-issue.ts';
import { saveChanges } from '../record/history.ts';
import { clearQuarantine, quarantineRejects } from '../record/quarantine.ts';
import type { ResourceDetail } from '../record/run-detail.ts';
import { saveRun } from '../record/run-log.ts';
import type { Watermark } from '../record/watermark.ts';
import type { TransformedPage } from '../transform/page.ts';
import { hashRules } from '../transform/rules.ts';
import type { ActiveRun } from './active-run.ts';
import { commitFenced, keepWatermark } from './fence.ts';
import { saveUsageWithin } from './metering.ts';
import { ensureCapacity } from './capacity.ts';
import { countPage, addToTally, toRunState } from './tally.ts';
import { parentLink } from '../dataset/reading.ts';

/** Rows that were left unchanged because the database refuses a part of the change. */
export type BlockedRows = {
  /** Rows of the page that were not written. */
  readonly rows: ReadonlySet<Row>;
  /** The reasons. */
  readonly rejects: readonly Reject[];
};

type WriteResult = LoadResult & { readonly deleted: number; readonly blocked?: BlockedRows };

export type PageCommit = {
  readonly dataset: Dataset;
  readonly page: TransformedPage;
  /** The new watermark; unchanged by default. */
  readonly move?: (watermark: Watermark) => Watermark;
  readonly pages: number;
  /** Stored versions up to this time are not replaced by older ones, which may be late (load/compare.ts). */
  readonly protectedUpTo?: string | undefined;
  /** Writes the rows; by default they are compared and upserted. */
  readonly write?: (session: Session, page: TransformedPage, options: LoadOptions) => Promise<WriteResult>;
  /** Recorded with the counts in the run's row. */
  readonly detail?: Partial<Pick<ResourceDetail, 'sets' | 'unproven' | 'refused' | 'remaining' | 'expanded'>>;
};

/**
 * Commits a page: watermark, rows, rejects and the run's counts in one transaction, or none of them.
 * @throws FatalError after the commit, if this machine lacks the capacity for another page.
 */
export async function commit(active: ActiveRun, change: PageCommit): Promise<void> {
  const { tools, id } = active;
  const { dataset } = change;
  const parent = dataset.fields.findIndex(({ name }) => name === parentLink(dataset)?.field);
  const fitting = rejectOversizedRows(change.page, active.maxBytes);
  const start = tools.clock.now();
  let tries = 0;
  const done = await commitFenced(
    active,
    dataset,
    change.move ?? keepWatermark,
    async (session, watermark, at) => {
      tries += 1;
      const { protectedUpTo } = change;
      const options = { ...tools.settings, maxBytes: active.maxBytes, runId: id, at, protectedUpTo };
      const difference = await (change.write ?? createUpsert(active, dataset))(session, fitting, options);
      const page = withoutBlocked(withoutRefused(fitting, difference.refused, parent), difference.blocked);
      await saveChanges(session, difference.changes, id, at);
      const bytes = Math.min(active.maxBytes, (session.maxStatementBytes ?? Infinity) / 2);
      const rules = { resource: dataset.name, rules: hashRules(dataset) };
      await quarantineRejects(session, rules, page.rejects, {
        run: id,
        source: tools.source.id,
        at,
        maxBytes: bytes,
      });
      await clearQuarantine(session, dataset.name, page.rows, protectedUpTo);
      await saveFieldIssues(session, dataset.name, writtenRows(difference), id, at);
      const counts = countsOf(difference, page);
      const tally = addToTally(active.tally, dataset.name, counts, change.pages, {
        watermarkAfter: watermark.cursor?.timestamp ?? null,
        ...change.detail,
      });
      await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
      return { counts, tally, page, difference, calls: await saveUsageWithin(tools, session) };
    },
  );
  active.tally = done.tally;
  tools.meter.markSaved(done.calls);
  tools.log.database.info(
    { resource: dataset.name, ...done.counts, ms: tools.clock.now() - start, retries: tries - 1 },
    'committed',
  );
  logQuality(active, dataset, done.page.rejects, writtenRows(done.difference));
  ensureCapacity(tools);
}

function logQuality(
  { tools }: ActiveRun,
  { name: resource }: Dataset,
  rejects: readonly Reject[],
  rows: readonly Row[],
): void {
  const { quality } = tools.log;
  for (const { key, reasons } of rejects) quality.warn({ resource, key, reasons }, 'quarantined');
  for (const { key, issues } of rows) {
    if (issues.length === 0) continue;
    const isAltered = issues.some(({ action }) => action !== 'rounded');
    quality[isAltered ? 'warn' : 'info']({ resource, key, issues }, 'stored with field issues');
  }
}

function writtenRows({ inserted, updated }: Pick<Difference, 'inserted' | 'updated'>): readonly Row[] {
  return [...inserted, ...updated];
}

/** For a commit that only moves the watermark. */
export const NO_RECORDS: TransformedPage = { rows: [], rejects: [], skippedOlder: 0 };

/** Counts the changes that a commit of the page would make. */
export async function simulateCommit(
  active: ActiveRun,
  dataset: Dataset,
  transformed: TransformedPage,
  protectedUpTo?: string,
): Promise<void> {
  const page = rejectOversizedRows(transformed, active.maxBytes);
  const stored = active.hasTables ? await readStored(active.connection, dataset, page.rows) : new Map();
  const counts = countsOf({ ...compare(page.rows, stored, protectedUpTo), deleted: 0 }, page);
  active.tally = addToTally(active.tally, dataset.name, counts, 1);
}

/**
 * Turns rows that the database refused into rejects.
 * @param parent the index of the parent's key in a row.
 */
function withoutRefused(
  page: TransformedPage,
  refused: ReadonlyMap<Row, string>,
  parent: number,
): TransformedPage {
  if (refused.size === 0) return page;
  const rejects = [...refused].map(([row, message]) => ({
    key: row.key,
    parent: row.values[parent] ?? null,
    version: row.version,
    raw: row.payload.toString(),
    reasons: [{ field: '', rule: message, value: '' }],
  }));
  return {
    ...page,
    rows: page.rows.filter((row) => !refused.has(row)),
    rejects: [...page.rejects, ...rejects],
  };
}

function withoutBlocked(page: TransformedPage, blocked: BlockedRows | undefined): TransformedPage {
  if (blocked === undefined || blocked.rejects.length === 0) return page;
  return {
    ...page,
    rows: page.rows.filter((row) => !blocked.rows.has(row)),
    rejects: [...page.rejects, ...blocked.rejects],
  };
}

function createUpsert({ payloadWriter }: ActiveRun, dataset: Dataset) {
  return async (session: Session, page: TransformedPage, options: LoadOptions): Promise<WriteResult> => ({
    ...(await loadRows(session, dataset, page.rows, { ...options, payloadWriter })),
    deleted: 0,
  });
}

function countsOf(difference: Difference & { deleted: number }, page: TransformedPage): Counts {
  const rows = page.rows.filter(({ issues }) => issues.length > 0);
  return countPage({
    inserted: difference.inserted.length,
    updated: difference.updated.length,
    unchanged: difference.unchanged,
    rejected: page.rejects.length,
    older: difference.skippedOlder + page.skippedOlder,
    deleted: difference.deleted,
    fieldIssues: rows.reduce((sum, { issues }) => sum + issues.length, 0),
    altered: rows.filter(({ issues }) => issues.some(({ action }) => action !== 'rounded')).length,
  });
}
