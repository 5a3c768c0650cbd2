import type { Context } from '../app/context.ts';
import { hasTables } from '../record/tables.ts';
import type { Database, Session } from '../db/pool.ts';
import { countRows } from '../run/inspect/count-rows.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { isPending, readAddedFields } from '../record/added-field.ts';
import { computeAge, readLastReconcile } from '../record/freshness.ts';
import { countFieldIssues } from '../record/field-issue.ts';
import { countStaleParents } from '../record/stale-parents.ts';
import { countQuarantined } from '../record/quarantine.ts';
import { parseRunDetail } from '../record/run-detail.ts';
import { readLastRuns, readSkippedResources, readUnlicensedResources } from '../record/run-log.ts';
import { readWatermarks, type Watermark } from '../record/watermark.ts';
import { hasPhotoChildren } from '../run/modes/photos-due.ts';
import { readLastChange } from './read-last-change.ts';
import { readMediaFiles } from './read-media-files.ts';
import { readReleases } from './read-releases.ts';
import { readItemReports } from './read-source-reports.ts';
import type { StatusReport } from './status-report.ts';
import { parentLink } from '../dataset/reading.ts';

type StatusSource = Pick<
  Context,
  'config' | 'resources' | 'allResources' | 'sources' | 'sourceNamed' | 'tools'
> & {
  readonly database: Session & Pick<Database, 'name'>;
};

/** Reads the status from the database and the stored quota. @param last number of runs. */
export async function readStatus(context: StatusSource, last: number): Promise<StatusReport> {
  const { database, resources, allResources, tools } = context;
  const now = tools.clock.now();
  const head = {
    at: new Date(now).toISOString(),
    database: database.name,
    quota: tools.source.quota?.() ?? null,
  };
  if (!(await hasTables(database))) {
    return { ...head, ageSeconds: null, reconciledSeconds: null, runs: [], resources: [], schema: null };
  }
  const all = await readWatermarks(database);
  const watermarks = new Map(all.map((watermark) => [watermark.resource, watermark]));
  const names = resources.map((resource) => resource.name);
  const skipped = await readSkippedResources(database, names);
  const unlicensed = await readUnlicensedResources(database, names);
  const licensed = names.filter((name) => !unlicensed.has(name));
  const age = computeAge(all, licensed, now);
  const reconciled = await readLastReconcile(database);
  const quarantined = await countQuarantined(database);
  const fieldIssues = await countFieldIssues(database);
  const readLine = async (resource: Dataset): Promise<StatusReport['resources'][number]> => {
    const watermark = watermarks.get(resource.name);
    const { completeAt, activeAt } = watermark ?? {};
    const activeSince = activeAt === undefined ? null : new Date(activeAt).toISOString();
    return {
      resource: resource.name,
      watermark: watermark?.cursor?.timestamp ?? null,
      ageSeconds: completeAt === undefined ? null : Math.max(0, Math.round((now - completeAt) / 1000)),
      activeSince,
      usableSince: activeSince,
      fullLoadAt: watermark?.load === undefined ? null : (watermark.load.cursor?.timestamp ?? ''),
      ...(skipped.has(resource.name) ? { skipped: skipped.get(resource.name)! } : {}),
      ...photosRefused(resource, resources, watermark),
      rows: await countRows(database, resource),
      quarantined: quarantined.get(resource.name) ?? 0,
      fieldIssues: fieldIssues.get(resource.name) ?? 0,
      ...(parentLink(resource) === undefined ? {} : { due: await countStaleParents(database, resource) }),
    };
  };
  const lines: StatusReport['resources'][number][] = [];
  const others = allResources.filter(({ name }) => !names.includes(name) && watermarks.has(name));
  for (const resource of [...resources, ...others]) lines.push(await readLine(resource));
  const runs = await readRuns(database, last);
  const filling = await readFilling(database);
  const change = await readLastChange(database, resources, now);
  const releases = await readReleases(database, context, now);
  const items = await readItemReports(context);
  const mediaFiles = await readMediaFiles(database, context);
  return {
    ...head,
    ageSeconds: age === null ? null : Math.round(age / 1000),
    reconciledSeconds: reconciled === undefined ? null : Math.max(0, Math.round((now - reconciled) / 1000)),
    runs,
    schema: change === undefined ? null : { ...change, at: new Date(change.at).toISOString() },
    resources: lines,
    ...(releases.length === 0 ? {} : { releases }),
    ...(items.length === 0 ? {} : { items }),
    ...(mediaFiles === undefined ? {} : { mediaFiles }),
    ...(filling.length === 0 ? {} : { filling }),
  };
}

function photosRefused(
  resource: Dataset,
  resources: readonly Dataset[],
  watermark: Watermark | undefined,
): { photosRefused?: string } {
  const { refusal } = watermark?.photos ?? {};
  return refusal === undefined || !hasPhotoChildren(resource, resources)
    ? {}
    : { photosRefused: refusal.message };
}

async function readFilling(database: Session): Promise<NonNullable<StatusReport['filling']>> {
  const pending = (await readAddedFields(database)).filter(isPending);
  return pending.map(({ resource, field, filledTo }) => ({ resource, field, filledTo }));
}

async function readRuns(database: Session, last: number): Promise<StatusReport['runs']> {
  const runs = await readLastRuns(database, last);
  return runs.map((run) => ({ ...run, detail: parseRunDetail(run.detail) }));
}
