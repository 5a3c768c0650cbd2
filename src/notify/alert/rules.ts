import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import type { AlertSettings, RunReport } from '../../model/alert.ts';
import { evaluateRelease, evaluateTaxYear } from './rules-release.ts';
import { evaluateItems, evaluateItemsAge, evaluatePause } from './rules-items.ts';
import { evaluateMediaFiles } from './rules-media.ts';
import type { AlertVerdict } from './verdict.ts';

/**
 * Decides which alerts a report raises, and which it clears. A kind that the report has no data about has no verdict, and its
 * state is unchanged.
 */
export function evaluateRules(report: RunReport, settings: AlertSettings): AlertVerdict[] {
  // The user stopped the run and waits for its end.
  if (report.ended === 'interrupted') return [];
  const verdicts = [
    evaluateRun(report),
    evaluateCredentials(report),
    evaluateQuota(report, settings),
    evaluateRejects(report, settings),
    evaluateFields(report, settings),
    evaluateDisk(report, settings),
    evaluateAge(report, settings),
    evaluateSchema(report),
    evaluateLost(report),
    evaluateRelease(report),
    evaluateTaxYear(report),
    evaluateItems(report),
    evaluatePause(report),
    evaluateItemsAge(report),
    evaluateMediaFiles(report, settings),
  ];
  return verdicts.filter((verdict) => verdict !== undefined);
}

function hasCompleted({ ended }: RunReport): boolean {
  return ended === 'success' || ended === 'partial';
}

/** `sync run 17`, or `sync hcad run 17` for a run that reads county files or items. */
function describeRun(report: RunReport): string {
  return report.run === undefined ? nameRun(report) : `${nameRun(report)} run ${report.run}`;
}

function nameRun(report: RunReport): string {
  const source = sourceOf(report);
  return source === undefined || source === report.mode ? report.mode : `${report.mode} ${source}`;
}

/** Undefined: the feed. */
function sourceOf({ mode, release, items }: RunReport): string | undefined {
  return mode === 'media' ? mode : (release?.source ?? items?.source);
}

/** Releases, items and media files have separate topics: the next sync of the feed must not clear them, nor they those of the feed. */
function topicOf(topic: string, report: RunReport): string {
  const source = sourceOf(report);
  return source === undefined ? topic : `${topic} ${source}`;
}

function hasBadCredentials({ error }: RunReport): boolean {
  return error?.name === 'CredentialsError';
}

/** A sync resumes a failed full-load, so they share a topic. A reconcile has a separate one. */
function evaluateRun(report: RunReport): AlertVerdict | undefined {
  const topic = topicOf(report.mode === 'reconcile' ? 'failed reconcile' : 'failed', report);
  if (hasCompleted(report)) {
    return {
      kind: 'failed',
      topic,
      isRaised: false,
      title: `${nameRun(report)} succeeds again`,
      text: `${describeRun(report)} ended with ${report.ended}.`,
      facts: { mode: report.mode, ended: report.ended },
    };
  }
  if (report.ended !== 'failed' || hasBadCredentials(report)) return undefined;
  const { message = 'unknown reason', hint, exitCode = 1, name = 'Error' } = report.error ?? {};
  return {
    kind: 'failed',
    topic,
    isRaised: true,
    title: `${nameRun(report)} failed: ${message}`,
    text: [
      `${describeRun(report)} failed with exit code ${exitCode}: ${message}`,
      ...(hint === undefined ? [] : [`What to do: ${hint}`]),
      'Committed data is kept. Look at: trestle-etl status, trestle-etl doctor, and errors.log in LOG_DIR.',
    ].join('\n'),
    facts: { mode: report.mode, exitCode, error: name, message },
  };
}

/** A source of items has its own credentials; county files have none. */
function evaluateCredentials(report: RunReport): AlertVerdict | undefined {
  const { mode, release } = report;
  const source = sourceOf(report);
  const head = { kind: 'credentials', topic: topicOf('credentials', report) } as const;
  if (hasCompleted(report) && release !== undefined) return undefined;
  if (hasCompleted(report)) {
    return {
      ...head,
      isRaised: false,
      title:
        source === undefined
          ? 'the credentials are accepted again'
          : `the credentials of ${source} are accepted again`,
      text: `${describeRun(report)} signed in to the ${source === undefined ? 'feed' : 'source'} and the database.`,
      facts: { mode },
    };
  }
  if (report.ended !== 'failed' || report.error === undefined || !hasBadCredentials(report)) return undefined;
  const { message, hint, exitCode } = report.error;
  const all = source === undefined ? 'All runs' : `All runs of ${source}`;
  return {
    ...head,
    isRaised: true,
    title: `credentials refused: ${message}`,
    text: [
      `${describeRun(report)} could not sign in: ${message}`,
      ...(hint === undefined ? [] : [`What to do: ${hint}`]),
      `${all} will fail until then. Look at: trestle-etl doctor`,
    ].join('\n'),
    facts: { mode, exitCode, message },
  };
}

function evaluateQuota({ hourQuota }: RunReport, { quotaPercent }: AlertSettings): AlertVerdict | undefined {
  if (hourQuota === undefined || !(hourQuota.limit > 0)) return undefined;
  const { limit, left } = hourQuota;
  const percent = toPercent(left, limit);
  const isRaised = left * 100 < quotaPercent * limit;
  const summary = `${left} of the hour's ${limit} requests (${percent} %) are left`;
  return {
    kind: 'quota',
    topic: 'quota',
    isRaised,
    title: isRaised ? `quota low: ${summary}` : `the quota is enough again: ${summary}`,
    text: isRaised
      ? `${summary}; ALERT_QUOTA_PERCENT is ${quotaPercent}. Runs wait, and nothing is lost; other users of ` +
        'this connection may run short.\nLook at: trestle-etl usage'
      : `${summary}.`,
    facts: { limit, left, percent },
  };
}

function evaluateRejects(report: RunReport, { rejectPercent }: AlertSettings): AlertVerdict | undefined {
  const { processed, rejected } = report;
  if (processed === 0) return undefined;
  const percent = toPercent(rejected, processed);
  const isRaised = rejected * 100 > rejectPercent * processed;
  const summary = `${rejected} of ${processed} records (${percent} %) of ${describeRun(report)} were rejected`;
  const source = sourceOf(report);
  const list =
    source === undefined ? 'trestle-etl quarantine list' : `trestle-etl quarantine list --source ${source}`;
  return {
    kind: 'rejects',
    topic: topicOf('rejects', report),
    isRaised,
    title: isRaised ? summary : `rejects are within the limit again: ${summary}`,
    text: isRaised
      ? `${summary}; ALERT_REJECT_PERCENT is ${rejectPercent}. They are in quarantine; all others were loaded.\n` +
        `Look at: ${list}`
      : `${summary}. Earlier records stay in quarantine until a valid version arrives: ${list}`,
    facts: { processed, rejected, percent },
  };
}

function evaluateFields(report: RunReport, { fieldPercent }: AlertSettings): AlertVerdict | undefined {
  const { processed, altered } = report;
  if (processed === 0) return undefined;
  const percent = toPercent(altered, processed);
  const isRaised = altered * 100 > fieldPercent * processed;
  const list =
    report.items === undefined ? 'trestle-etl quarantine list --fields' : 'data_quality.log in LOG_DIR';
  const count = `${altered} of ${processed} records (${percent} %) of ${describeRun(report)} have a field that was cut or left NULL`;
  return {
    kind: 'fields',
    topic: topicOf('fields', report),
    isRaised,
    title: isRaised ? count : `field issues are within the limit again: ${count}`,
    text: isRaised
      ? `${count}; ALERT_FIELD_PERCENT is ${fieldPercent}. The records are stored, and their payloads hold the exact values.\n` +
        `Look at: ${list}`
      : `${count}. Open issues: ${list}`,
    facts: { processed, altered, percent },
  };
}

function evaluateDisk({ disks }: RunReport, { diskFree }: AlertSettings): AlertVerdict | undefined {
  const [least] = [...disks].sort((a, b) => a.free - b.free);
  if (least === undefined) return undefined;
  const isRaised = least.free < diskFree;
  const summary = `${formatSize(least.free)} free on the disk of ${least.path}`;
  return {
    kind: 'disk',
    topic: 'disk',
    isRaised,
    title: isRaised ? `disk low: ${summary}` : `the disk has space again: ${summary}`,
    text: isRaised
      ? `${summary}; ALERT_DISK_FREE is ${formatSize(diskFree)}. With less than MIN_DISK_FREE all runs fail.\n` +
        `Free disk space. Look at: df -h ${least.path}`
      : `${summary}.`,
    facts: { path: least.path, free: least.free, least: diskFree },
  };
}

/** Until the first load has completed the tables have no age: the load fails or continues. */
function evaluateAge({ age }: RunReport, { maxAge }: AlertSettings): AlertVerdict | undefined {
  if (age === undefined || age === null) return undefined;
  const isRaised = age > maxAge;
  const summary = `the tables were last in step with the feed ${formatDuration(age)} ago`;
  return {
    kind: 'stale',
    topic: 'stale',
    isRaised,
    title: isRaised ? `stale: ${summary}` : `fresh again: ${summary}`,
    text: isRaised
      ? `${summary}; ALERT_MAX_AGE is ${formatDuration(maxAge)}. Later changes in the feed may be missing in the tables.\n` +
        'Look at: trestle-etl status --check'
      : `${summary}.`,
    facts: { ageSeconds: Math.round(age / 1000), maxAgeSeconds: Math.round(maxAge / 1000) },
  };
}

/** An event: it has no recovery. */
function evaluateSchema({ schema }: RunReport): AlertVerdict | undefined {
  if (schema === undefined) return undefined;
  const { at, added, removed, changed, used, names, renamed } = schema;
  const time = new Date(at).toISOString();
  const summary = `the feed's schema changed: ${added} fields added, ${removed} removed, ${changed} of another type or length`;
  const list = formatNames(used);
  return {
    kind: 'schema',
    topic: 'schema',
    isRaised: true,
    event: time,
    title: used.length === 0 ? summary : `${summary}; in use: ${list}`,
    text: [
      `${summary}. It was first seen at ${time.slice(0, 19).replace('T', ' ')} UTC.`,
      used.length === 0
        ? 'No removed or changed field is requested or has a column.'
        : `Requested or with a column, and removed or changed: ${list}. Runs no longer request removed fields.`,
      ...(names.added.length === 0 ? [] : [`Added: ${formatNames(names.added)}`]),
      ...(names.removed.length === 0 ? [] : [`Removed: ${formatNames(names.removed)}`]),
      ...(renamed === null ? [] : [`The schema was renamed from ${renamed.from} to ${renamed.to}.`]),
      'Look at: trestle-etl schema diff',
    ].join('\n'),
    facts: {
      seenAt: time,
      added,
      removed,
      changed,
      used: used.join(', '),
      addedNames: formatNames(names.added),
      removedNames: formatNames(names.removed),
      namespace: renamed?.to ?? null,
    },
  };
}

/** A reconcile does not load media, so it cannot clear this alert. */
function evaluateLost(report: RunReport): AlertVerdict | undefined {
  const { lost, mode } = report;
  if (lost === undefined || (mode === 'reconcile' && lost.length === 0)) return undefined;
  const isRaised = lost.length > 0;
  const names = formatNames(lost);
  return {
    kind: 'lost',
    topic: 'lost',
    isRaised,
    title: isRaised ? `refused, although loaded before: ${names}` : 'every resource is loaded again',
    text: isRaised
      ? `The feed refuses ${names} to ${describeRun(report)}, although earlier runs loaded it. Its rows are kept ` +
        'and become stale.\nAsk the feed whether the licence has changed. If it has, remove it from RESOURCES. ' +
        'Look at: trestle-etl doctor'
      : `${describeRun(report)} loaded all of them.`,
    facts: { resources: names },
  };
}

const MAX_NAMES = 20;

function formatNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** In percent, rounded to a tenth for display. */
function toPercent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}
