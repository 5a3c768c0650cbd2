import type { StatusReport } from '../../report/status-report.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import { formatChangeCounts } from '../../dataset/schema-diff.ts';
import { formatItems } from './format-items.ts';
import { formatMediaFiles } from './format-media-files.ts';
import { formatReleases } from './format-releases.ts';

/** Formats the status for people; times are UTC. @param maxAge milliseconds after which the tables are stale. */
export function formatStatus(status: StatusReport, maxAge: number, isColored: boolean): string {
  const { items, mediaFiles, releases, resources } = status;
  if (resources.length === 0 && releases === undefined && items === undefined) {
    return `database ${status.database}: no tables yet\nstart with: trestle-etl full-load`;
  }
  const feed = [
    ...formatResources(status),
    '',
    ...formatFreshness(status, maxAge),
    ...formatFilling(status),
    ...formatSchemaChange(status),
    '',
  ];
  return [
    ...(resources.length === 0 ? [] : feed),
    ...(releases === undefined ? [] : [...formatReleases(releases, Date.parse(status.at)), '']),
    ...(items === undefined ? [] : [...formatItems(items, Date.parse(status.at)), '']),
    ...(mediaFiles === undefined ? [] : [...formatMediaFiles(mediaFiles, Date.parse(status.at)), '']),
    ...formatRuns(status).map((line) => (isColored ? colorize(line) : line)),
    ...(resources.length === 0 ? [] : ['', formatQuota(status)]),
  ].join('\n');
}

function formatResources(status: StatusReport): string[] {
  const rows = status.resources.map((resource) => [
    resource.resource,
    formatInteger(resource.rows),
    resource.watermark ?? '–',
    formatAge(resource),
    String(resource.quarantined),
    String(resource.fieldIssues),
    resource.due === undefined ? '' : String(resource.due),
  ]);
  const lines = formatTable(
    [['resource', 'rows', 'watermark', 'up to date', 'quarantined', 'field issues', 'listings due'], ...rows],
    new Set([1, 4, 5, 6]),
  );
  const loading = status.resources
    .filter((resource) => resource.fullLoadAt !== null)
    .map((resource) => `${resource.resource}: ${describeLoad(resource)}`);
  const skipped = status.resources
    .filter((resource) => resource.skipped !== undefined)
    .map((resource) => `${resource.resource}: skipped, ${resource.skipped}`);
  const active = status.resources
    .filter(({ activeSince, ageSeconds }) => activeSince !== null && ageSeconds === null)
    .map(
      ({ resource, activeSince }) =>
        `${resource}: active listings loaded on ${activeSince!.slice(0, 16).replace('T', ' ')}; the rest of the first load follows`,
    );
  const photos = status.resources
    .filter(({ photosRefused }) => photosRefused !== undefined)
    .map(
      ({ resource, photosRefused }) =>
        `${resource}: only reconcile finds photos that change without their listing: ${photosRefused}`,
    );
  return [...lines, ...loading, ...active, ...skipped, ...photos];
}

/** A first load stores its position in the watermark. With `--active-first`, the active listings have their own position before it. */
function describeLoad({
  ageSeconds,
  activeSince,
  fullLoadAt,
  watermark,
}: StatusReport['resources'][number]): string {
  const isFirst = ageSeconds === null;
  if (isFirst && activeSince === null && fullLoadAt)
    return `a full-load is in progress, active listings first, at ${fullLoadAt}`;
  return `a full-load is in progress, at ${(isFirst ? watermark : fullLoadAt) || 'the beginning'}`;
}

function formatAge({ skipped, ageSeconds }: StatusReport['resources'][number]): string {
  if (skipped !== undefined) return 'not licensed';
  return ageSeconds === null ? 'not complete' : formatAgo(ageSeconds);
}

/** For compliance: how long the tables may have differed from the feed. */
function formatFreshness({ ageSeconds, reconciledSeconds }: StatusReport, maxAge: number): string[] {
  const isStale = ageSeconds === null || ageSeconds * 1000 > maxAge;
  const limit = isStale ? `STALE: at most ${formatDuration(maxAge)} is allowed` : 'fresh';
  return [
    `in step with the feed: ${ageSeconds === null ? 'not yet' : formatAgo(ageSeconds)} (${limit})`,
    `deletions checked:     ${reconciledSeconds === null ? 'never; run trestle-etl reconcile' : formatAgo(reconciledSeconds)}`,
  ];
}

/** One line for each resource. */
function formatFilling({ filling = [] }: StatusReport): string[] {
  return [...new Set(filling.map(({ resource }) => resource))].map((name) => {
    const own = filling.filter(({ resource }) => resource === name);
    const fields = own.map(({ field }) => field).join(' ');
    const at = own[0]?.filledTo ?? 'the beginning';
    return `filling: ${name} ${fields}, at ${at}; if nothing fills them: trestle-etl fields add ${name} ${fields}`;
  });
}

/** Reports the last change of the feed's schema. */
function formatSchemaChange({ schema }: StatusReport): string[] {
  if (schema === null) return [];
  const used = schema.used.length === 0 ? '' : `; in use: ${schema.used.join(', ')}`;
  const when = schema.at.slice(0, 16).replace('T', ' ');
  return [
    `the feed's schema changed on ${when}: ${formatChangeCounts(schema)} (trestle-etl schema diff)${used}`,
  ];
}

function formatAgo(seconds: number): string {
  return `${formatDuration(seconds * 1000)} ago`;
}

function formatRuns(status: StatusReport): string[] {
  if (status.runs.length === 0) return ['no runs yet; start with: trestle-etl full-load'];
  const others = new Set([...(status.releases ?? []), ...(status.items ?? [])].map(({ source }) => source));
  const rows = status.runs.map((run) => [
    String(run.id),
    nameRun(run, others),
    run.status,
    run.sync_start.slice(0, 19),
    run.sync_end === null
      ? ''
      : formatDuration(fromSqlDateTime(run.sync_end) - fromSqlDateTime(run.sync_start)),
    ...[run.records_processed, run.records_inserted, run.records_updated, run.records_unchanged].map(String),
    ...[run.records_rejected, run.field_issues, run.records_deleted, run.api_calls_made].map(String),
    (run.error_message ?? '').slice(0, 80),
  ]);
  const head = [
    'run',
    'mode',
    'status',
    'start (UTC)',
    'took',
    'records',
    'new',
    'changed',
    'same',
    'rejected',
    'field issues',
    'removed',
    'calls',
    '',
  ];
  return formatTable([head, ...rows], new Set([0, 5, 6, 7, 8, 9, 10, 11, 12]));
}

/** `sync` for a run of the feed, `sync hcad` for one of another source. */
function nameRun({ mode, source }: StatusReport['runs'][number], others: ReadonlySet<string>): string {
  return others.has(source) ? `${mode} ${source}` : mode;
}

function formatQuota({ quota }: StatusReport): string {
  if (quota === null) return 'quota: unknown';
  return `quota, last reported: ${formatLeft(quota.hour)} left this hour, ${formatLeft(quota.minute)} left this minute`;
}

function formatLeft(window: { limit: number | undefined; left: number | undefined }): string {
  return `${window.left ?? '?'} of ${window.limit ?? '?'}`;
}

const COLORS: Readonly<Record<string, number>> = {
  success: 32,
  partial: 33,
  failed: 31,
  running: 36,
  skipped: 90,
};

/** Colors only the status. */
function colorize(line: string): string {
  return line.replace(
    /\b(success|partial|failed|running|skipped)\b/,
    (word) => `\u001B[${COLORS[word]}m${word}\u001B[0m`,
  );
}
