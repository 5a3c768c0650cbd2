import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import type { AlertKind, AlertSettings, RunReport } from '../../model/alert.ts';

/** What a run shows about one kind of alert. */
export type Verdict = {
  readonly kind: AlertKind;
  /** What is rate-limited for itself: the kind, or a part of it. */
  readonly topic: string;
  readonly isRaised: boolean;
  /** Something that happened, told once and never over; each has a name of its own. */
  readonly event?: string;
  /** One line, not yet cut to length nor freed of secrets; so is the text, which may have several. */
  readonly title: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

/**
 * What these facts raise, and what they show to be well. A kind that they tell nothing about is not among the verdicts:
 * it stays as it is.
 */
export function judge(facts: RunReport, settings: AlertSettings): Verdict[] {
  // It was stopped on purpose, and somebody waits for its end.
  if (facts.ended === 'interrupted') return [];
  const found = [
    ofRun(facts),
    ofCredentials(facts),
    ofQuota(facts, settings),
    ofRejects(facts, settings),
    ofFields(facts, settings),
    ofDisk(facts, settings),
    ofAge(facts, settings),
    ofSchema(facts),
    ofLost(facts),
  ];
  return found.filter((verdict) => verdict !== undefined);
}

function wentWell({ ended }: RunReport): boolean {
  return ended === 'success' || ended === 'partial';
}

/** `sync run 17` */
function named({ mode, run }: RunReport): string {
  return run === undefined ? mode : `${mode} run ${run}`;
}

function isRefused({ error }: RunReport): boolean {
  return error?.name === 'CredentialsError';
}

/** A sync goes on where a full-load broke off, and mends it; a reconcile mends neither, nor they it. */
function ofRun(facts: RunReport): Verdict | undefined {
  const topic = facts.mode === 'reconcile' ? 'failed reconcile' : 'failed';
  if (wentWell(facts)) {
    return {
      kind: 'failed',
      topic,
      isRaised: false,
      title: `${facts.mode} goes well again`,
      text: `${named(facts)} ended with ${facts.ended}.`,
      facts: { mode: facts.mode, ended: facts.ended },
    };
  }
  if (facts.ended !== 'failed' || isRefused(facts)) return undefined;
  const { message = 'the reason is not known', hint, exitCode = 1, name = 'Error' } = facts.error ?? {};
  return {
    kind: 'failed',
    topic,
    isRaised: true,
    title: `${facts.mode} failed: ${message}`,
    text: [
      `${named(facts)} failed with exit code ${exitCode}: ${message}`,
      ...(hint === undefined ? [] : [`What to do: ${hint}`]),
      'What was committed stays. Look at: trestle-etl status, trestle-etl doctor, and errors.log in LOG_DIR.',
    ].join('\n'),
    facts: { mode: facts.mode, exitCode, error: name, message },
  };
}

function ofCredentials(facts: RunReport): Verdict | undefined {
  const head = { kind: 'credentials', topic: 'credentials' } as const;
  if (wentWell(facts)) {
    return {
      ...head,
      isRaised: false,
      title: 'the credentials are accepted again',
      text: `${named(facts)} signed in to the feed and the database.`,
      facts: { mode: facts.mode },
    };
  }
  if (facts.ended !== 'failed' || facts.error === undefined || !isRefused(facts)) return undefined;
  const { message, hint, exitCode } = facts.error;
  return {
    ...head,
    isRaised: true,
    title: `credentials refused: ${message}`,
    text: [
      `${named(facts)} could not sign in: ${message}`,
      ...(hint === undefined ? [] : [`What to do: ${hint}`]),
      'No run will get through before that. Look at: trestle-etl doctor',
    ].join('\n'),
    facts: { mode: facts.mode, exitCode, message },
  };
}

function ofQuota({ hourQuota }: RunReport, { quotaPercent }: AlertSettings): Verdict | undefined {
  if (hourQuota === undefined || !(hourQuota.limit > 0)) return undefined;
  const { limit, left } = hourQuota;
  const percent = share(left, limit);
  const isRaised = left * 100 < quotaPercent * limit;
  const stand = `${left} of the hour's ${limit} requests (${percent} %) are left`;
  return {
    kind: 'quota',
    topic: 'quota',
    isRaised,
    title: isRaised ? `quota low: ${stand}` : `the quota is enough again: ${stand}`,
    text: isRaised
      ? `${stand}; ALERT_QUOTA_PERCENT is ${quotaPercent}. Runs wait by themselves, and nothing is lost; others who use ` +
        'this connection may be short.\nLook at: trestle-etl usage'
      : `${stand}.`,
    facts: { limit, left, percent },
  };
}

function ofRejects(facts: RunReport, { rejectPercent }: AlertSettings): Verdict | undefined {
  const { processed, rejected } = facts;
  if (processed === 0) return undefined;
  const percent = share(rejected, processed);
  const isRaised = rejected * 100 > rejectPercent * processed;
  const stand = `${rejected} of ${processed} records (${percent} %) of ${named(facts)} were rejected`;
  return {
    kind: 'rejects',
    topic: 'rejects',
    isRaised,
    title: isRaised ? stand : `rejects are within the limit again: ${stand}`,
    text: isRaised
      ? `${stand}; ALERT_REJECT_PERCENT is ${rejectPercent}. They are in quarantine; all others were loaded.\n` +
        'Look at: trestle-etl quarantine list'
      : `${stand}. What was put into quarantine before stays there until a good version comes: trestle-etl quarantine list`,
    facts: { processed, rejected, percent },
  };
}

function ofFields(facts: RunReport, { fieldPercent }: AlertSettings): Verdict | undefined {
  const { processed, altered } = facts;
  if (processed === 0) return undefined;
  const percent = share(altered, processed);
  const isRaised = altered * 100 > fieldPercent * processed;
  const count = `${altered} of ${processed} records (${percent} %) of ${named(facts)} have a field that was cut or left NULL`;
  return {
    kind: 'fields',
    topic: 'fields',
    isRaised,
    title: isRaised ? count : `field issues are within the limit again: ${count}`,
    text: isRaised
      ? `${count}; ALERT_FIELD_PERCENT is ${fieldPercent}. The records are stored, and their payloads hold the exact values.\n` +
        'Look at: trestle-etl quarantine list --fields'
      : `${count}. What is still open: trestle-etl quarantine list --fields`,
    facts: { processed, altered, percent },
  };
}

function ofDisk({ disks }: RunReport, { diskFree }: AlertSettings): Verdict | undefined {
  const [least] = [...disks].sort((a, b) => a.free - b.free);
  if (least === undefined) return undefined;
  const isRaised = least.free < diskFree;
  const stand = `${formatSize(least.free)} are free on the disk of ${least.path}`;
  return {
    kind: 'disk',
    topic: 'disk',
    isRaised,
    title: isRaised ? `disk low: ${stand}` : `the disk has room again: ${stand}`,
    text: isRaised
      ? `${stand}; ALERT_DISK_FREE is ${formatSize(diskFree)}. Below MIN_DISK_FREE no run gets through.\n` +
        `Make room. Look at: df -h ${least.path}`
      : `${stand}.`,
    facts: { path: least.path, free: least.free, least: diskFree },
  };
}

/** Before a first load has reached the end there is nothing that could have got old: it fails, or it goes on. */
function ofAge({ age }: RunReport, { maxAge }: AlertSettings): Verdict | undefined {
  if (age === undefined || age === null) return undefined;
  const isRaised = age > maxAge;
  const stand = `the tables were last in step with the feed ${formatDuration(age)} ago`;
  return {
    kind: 'stale',
    topic: 'stale',
    isRaised,
    title: isRaised ? `stale: ${stand}` : `fresh again: ${stand}`,
    text: isRaised
      ? `${stand}; ALERT_MAX_AGE is ${formatDuration(maxAge)}. What changed in the feed since then may be missing here.\n` +
        'Look at: trestle-etl status --check'
      : `${stand}.`,
    facts: { ageSeconds: Math.round(age / 1000), maxAgeSeconds: Math.round(maxAge / 1000) },
  };
}

/** It happened, and lasts no longer than the telling. */
function ofSchema({ schema }: RunReport): Verdict | undefined {
  if (schema === undefined) return undefined;
  const { at, added, removed, changed, used, names, renamed } = schema;
  const time = new Date(at).toISOString();
  const stand = `the feed's schema changed: ${added} fields added, ${removed} removed, ${changed} of another type or length`;
  const list = listed(used);
  return {
    kind: 'schema',
    topic: 'schema',
    isRaised: true,
    event: time,
    title: used.length === 0 ? stand : `${stand}; in use here: ${list}`,
    text: [
      `${stand}. It was first seen at ${time.slice(0, 19).replace('T', ' ')} UTC.`,
      used.length === 0
        ? 'None of those that vanished or changed their type is asked for, or has a column here.'
        : `Asked for or with a column here, and vanished or of another type: ${list}. Runs leave out by themselves what vanished.`,
      ...(names.added.length === 0 ? [] : [`Added: ${listed(names.added)}`]),
      ...(names.removed.length === 0 ? [] : [`Removed: ${listed(names.removed)}`]),
      ...(renamed === null ? [] : [`The schema is called ${renamed.to} now, and was ${renamed.from}.`]),
      'Look at: trestle-etl schema diff',
    ].join('\n'),
    facts: {
      seenAt: time,
      added,
      removed,
      changed,
      used: used.join(', '),
      addedNames: listed(names.added),
      removedNames: listed(names.removed),
      namespace: renamed?.to ?? null,
    },
  };
}

/** A reconcile does not take media, and so cannot show that all is well. */
function ofLost(facts: RunReport): Verdict | undefined {
  const { lost, mode } = facts;
  if (lost === undefined || (mode === 'reconcile' && lost.length === 0)) return undefined;
  const isRaised = lost.length > 0;
  const names = listed(lost);
  return {
    kind: 'lost',
    topic: 'lost',
    isRaised,
    title: isRaised ? `refused, although loaded before: ${names}` : 'every resource is taken again',
    text: isRaised
      ? `The feed refuses ${names} to ${named(facts)}, although earlier runs loaded it. Its rows stay as ` +
        'they are and become stale.\nAsk the feed whether the licence has changed. If it has: take it out of RESOURCES. ' +
        'Look at: trestle-etl doctor'
      : `${named(facts)} took all of them.`,
    facts: { resources: names },
  };
}

const MOST_FIELDS = 20;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_FIELDS;
  return names.slice(0, MOST_FIELDS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** In percent, for people: to a tenth. */
function share(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}
