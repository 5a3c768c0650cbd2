import type { Status } from '../shared/status.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatWhole } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import { formatChangeCounts } from '../../dataset/schema-diff.ts';

/** The status as a person reads it; times are UTC. @param maxAge milliseconds after which the tables are stale. */
export function formatStatus(status: Status, maxAge: number, isColored: boolean): string {
  if (status.resources.length === 0) {
    return `database ${status.database}: no tables yet\nstart with: trestle-etl full-load`;
  }
  return [
    ...resourceLines(status),
    '',
    ...freshnessLines(status, maxAge),
    ...fillingLines(status),
    ...schemaLines(status),
    '',
    ...runLines(status).map((line) => (isColored ? colored(line) : line)),
    '',
    quotaLine(status),
  ].join('\n');
}

function resourceLines(status: Status): string[] {
  const rows = status.resources.map((resource) => [
    resource.resource,
    formatWhole(resource.rows),
    resource.watermark ?? '–',
    upToDate(resource),
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
    .map((resource) => `${resource.resource}: ${loadingText(resource)}`);
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
        `${resource}: photos that change without their listing are found by reconcile only: ${photosRefused}`,
    );
  return [...lines, ...loading, ...active, ...skipped, ...photos];
}

/** A first load has its place in the watermark; one of its own has what comes before it, by `--active-first`. */
function loadingText({
  ageSeconds,
  activeSince,
  fullLoadAt,
  watermark,
}: Status['resources'][number]): string {
  const isFirst = ageSeconds === null;
  if (isFirst && activeSince === null && fullLoadAt)
    return `a full-load is under way, active listings first: at ${fullLoadAt}`;
  return `a full-load is under way, at ${(isFirst ? watermark : fullLoadAt) || 'its beginning'}`;
}

function upToDate({ skipped, ageSeconds }: Status['resources'][number]): string {
  if (skipped !== undefined) return 'not licensed';
  return ageSeconds === null ? 'not complete' : ago(ageSeconds);
}

/** The compliance clock: how long the tables may have shown what the feed no longer says. */
function freshnessLines({ ageSeconds, reconciledSeconds }: Status, maxAge: number): string[] {
  const isStale = ageSeconds === null || ageSeconds * 1000 > maxAge;
  const limit = isStale ? `STALE: at most ${formatDuration(maxAge)} are allowed` : 'fresh';
  return [
    `in step with the feed: ${ageSeconds === null ? 'not yet' : ago(ageSeconds)} (${limit})`,
    `deletions looked for:  ${reconciledSeconds === null ? 'never; trestle-etl reconcile does' : ago(reconciledSeconds)}`,
  ];
}

/** One line a resource. */
function fillingLines({ filling = [] }: Status): string[] {
  return [...new Set(filling.map(({ resource }) => resource))].map((name) => {
    const own = filling.filter(({ resource }) => resource === name);
    const fields = own.map(({ field }) => field).join(' ');
    const at = own[0]?.filledTo ?? 'their beginning';
    return `being filled: ${name} ${fields}, at ${at}; if nothing fills them: trestle-etl fields add ${name} ${fields}`;
  });
}

/** Says what changed in the feed's own schema. */
function schemaLines({ schema }: Status): string[] {
  if (schema === null) return [];
  const used = schema.used.length === 0 ? '' : `; in use here: ${schema.used.join(', ')}`;
  const when = schema.at.slice(0, 16).replace('T', ' ');
  return [
    `the feed's schema changed on ${when}: ${formatChangeCounts(schema)} (trestle-etl schema diff)${used}`,
  ];
}

function ago(seconds: number): string {
  return `${formatDuration(seconds * 1000)} ago`;
}

function runLines(status: Status): string[] {
  if (status.runs.length === 0) return ['no runs yet; start with: trestle-etl full-load'];
  const rows = status.runs.map((run) => [
    String(run.id),
    run.mode,
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

function quotaLine({ quota }: Status): string {
  if (quota === null) return 'quota: not known yet';
  return `quota when last told: ${left(quota.hour)} left this hour, ${left(quota.minute)} left this minute`;
}

function left(window: { limit: number | undefined; left: number | undefined }): string {
  return `${window.left ?? '?'} of ${window.limit ?? '?'}`;
}

const COLORS: Readonly<Record<string, number>> = {
  success: 32,
  partial: 33,
  failed: 31,
  running: 36,
  skipped: 90,
};

/** Only the word that a person looks for first. */
function colored(line: string): string {
  return line.replace(
    /\b(success|partial|failed|running|skipped)\b/,
    (word) => `\u001B[${COLORS[word]}m${word}\u001B[0m`,
  );
}
