import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import { fromSqlDateTime } from '../lib/time.ts';
import { type Import, readFileProgress } from '../record/import.ts';
import { countOpenRejects } from '../record/import-reject.ts';
import { readTableChanges } from '../record/import-quality.ts';
import { readLastEnds } from '../record/run-log.ts';
import { readSettledImports } from '../run/release/imports.ts';
import { hasReleases } from './has-releases.ts';
import type { ReleaseReport } from './release-report.ts';

type ReleaseContext = Pick<Context, 'sources' | 'sourceNamed'>;

/** Reads the state of every configured source that publishes releases. Reads the database only. */
export async function readReleases(
  session: Session,
  context: ReleaseContext,
  now: number,
): Promise<ReleaseReport[]> {
  const reports: ReleaseReport[] = [];
  for (const { id, every } of context.sources) {
    if (!hasReleases(context, id)) continue;
    const { all, published } = await readSettledImports(session, id);
    const newer = all.find((each) => each.id > (published?.id ?? 0));
    const { completed } = await readLastEnds(session, id);
    const due = completed === undefined || every === undefined ? undefined : completed + every;
    reports.push({
      source: id,
      published: published === undefined ? null : await readPublished(session, published, now),
      newer: newer === undefined ? null : await readNewer(session, newer),
      checkedAt: completed === undefined ? null : toIso(completed),
      dueAt: due === undefined || due <= now ? null : toIso(due),
    });
  }
  return reports;
}

async function readPublished(
  session: Session,
  { id, archives, publishedAt, startedAt, tables: makers }: Import,
  now: number,
): Promise<NonNullable<ReleaseReport['published']>> {
  const at = fromSqlDateTime(publishedAt ?? startedAt);
  const changes = await readTableChanges(session, id);
  return {
    id,
    at: toIso(at),
    ageSeconds: Math.max(0, Math.round((now - at) / 1000)),
    years: [...new Set(archives.map(({ year }) => year))].toSorted((a, b) => a - b),
    tables: changes.map(({ table, rows }) => ({ table, rows })),
    lines: await countReleaseLines(session, makers),
    rejects: await countOpenRejects(session, makers),
  };
}

async function readNewer(
  session: Session,
  { id, state, startedAt, message }: Import,
): Promise<NonNullable<ReleaseReport['newer']>> {
  const lines = await countLines(session, id);
  return { id, state, startedAt: toIso(fromSqlDateTime(startedAt)), message, lines };
}

/** Tables that did not change were loaded by earlier imports. */
async function countReleaseLines(session: Session, makers: Import['tables']): Promise<number> {
  let lines = 0;
  for (const maker of new Set(Object.values(makers))) {
    const files = await readFileProgress(session, maker);
    for (const file of files) if (makers[file.table] === maker) lines += file.lines;
  }
  return lines;
}

async function countLines(session: Session, id: number): Promise<number> {
  const files = await readFileProgress(session, id);
  return files.reduce((sum, { lines }) => sum + lines, 0);
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
