import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import { formatTable } from '../../lib/table.ts';
import type { StrategyPlan } from '../../run/expansion/plan-expansion.ts';
import type { Expected, PlanMode } from '../../run/plan.ts';

/** What downloads of media files would take. */
export type PlannedFiles = {
  /** New, changed, or not listed yet. */
  readonly files: number;
  /** By the average of the stored files; null if none is stored. */
  readonly bytes: number | null;
  /** At MEDIA_MINUTE_LIMIT, and 18,000 an hour. */
  readonly ms: number;
  readonly minuteLimit: number;
  /** Stored files that are to be compared with a changed MEDIA_SIZES, without a request. */
  readonly unsized: number;
};

type Totals = Pick<Expected, 'records' | 'calls' | 'newRows' | 'bytes'>;

/** Percentages are from 0 to 100; null: unknown. */
export type Plan = {
  readonly mode: PlanMode;
  readonly at: string;
  /** Requests that this plan itself took. */
  readonly asked: number;
  readonly resources: readonly Expected[];
  readonly totals: Totals;
  /** Calls, by MEDIA_STRATEGY; missing if there is only one way. */
  readonly strategies?: StrategyPlan;
  /** `waitingMs` of `ms` are waits for the hour's quota. */
  readonly time: { readonly ms: number; readonly waitingMs: number };
  readonly quota: {
    readonly minuteLimit: number | null;
    readonly minutePercent: number | null;
    readonly hourLimit: number | null;
    readonly hourPercent: number | null;
    readonly left: number | null;
    /** What runs may use of `left`: without the reserve. */
    readonly usable: number | null;
  };
  readonly fits: {
    readonly everyMs: number;
    readonly isInTime: boolean;
    /** A wait would be longer than QUOTA_MAX_WAIT: the run would end with exit code 75, and the next one resume. */
    readonly endsEarly: boolean;
  };
  /** Missing if no media files are downloaded. */
  readonly mediaFiles?: PlannedFiles;
  readonly assumes: string;
};

export function formatPlan(plan: Plan): string {
  const rows = [
    ...plan.resources.map((each) => formatRow(each.resource, each)),
    ...(plan.resources.length > 1 ? [formatRow('total', plan.totals)] : []),
  ];
  return [
    `${plan.mode}, in the current state (found with ${plan.asked} ${plan.asked === 1 ? 'call' : 'calls'}):`,
    ...formatTable([['resource', 'records', 'calls', 'new', 'disk'], ...rows], new Set([1, 2, 3, 4])),
    ...(plan.strategies === undefined ? [] : [formatStrategies(plan.strategies)]),
    formatTime(plan),
    formatQuota(plan),
    formatFit(plan),
    ...(plan.mediaFiles === undefined ? [] : formatFiles(plan.mediaFiles)),
    `assumes ${plan.assumes}`,
  ].join('\n');
}

function formatRow(name: string, { records, calls, newRows, bytes }: Totals): string[] {
  const numbers = [records, calls, newRows].map((number) => number.toLocaleString('en'));
  return [name, ...numbers, formatSize(bytes)];
}

function formatStrategies({ resource, expand, chosen }: StrategyPlan): string {
  const [separate, together] = [resource, expand].map((calls) => calls.toLocaleString('en'));
  return `MEDIA_STRATEGY: resource takes ${separate} calls, expand takes ${together}; planned with ${chosen}`;
}

function formatTime({ time }: Plan): string {
  const waiting = time.waitingMs > 0 ? `, ${formatDuration(time.waitingMs)} of it waiting for the quota` : '';
  return `time: about ${formatDuration(time.ms)}${waiting}`;
}

function formatQuota({ quota, totals }: Plan): string {
  const { minuteLimit, minutePercent, hourLimit, hourPercent, left, usable } = quota;
  if (hourLimit === null && minuteLimit === null) return 'quota: the feed does not report one';
  const parts = [
    ...(hourLimit === null
      ? []
      : [`${formatPercent(hourPercent)} of the hour's ${hourLimit.toLocaleString('en')}`]),
    ...(minuteLimit === null
      ? []
      : [`${formatPercent(minutePercent)} of a minute's ${minuteLimit.toLocaleString('en')}`]),
  ];
  const rest =
    left === null || usable === null
      ? ''
      : `; ${left.toLocaleString('en')} are left this hour, ${usable.toLocaleString('en')} without the reserve: ` +
        (totals.calls <= usable ? 'enough' : 'not enough');
  return `quota: ${parts.join(', ')}${rest}`;
}

function formatFiles(planned: PlannedFiles): string[] {
  const { unsized } = planned;
  const sizing = `smaller versions: ${unsized.toLocaleString('en')} stored files are to be compared with MEDIA_SIZES, without a request`;
  return [formatDownloads(planned), ...(unsized === 0 ? [] : [sizing])];
}

function formatDownloads({ files, bytes, ms, minuteLimit }: PlannedFiles): string {
  if (files === 0) return 'media files: none to download';
  const size = bytes === null ? 'of unknown size, because none is stored yet' : `about ${formatSize(bytes)}`;
  return `media files: ${files.toLocaleString('en')} to download, ${size}; about ${formatDuration(ms)} at ${minuteLimit} a minute and 18,000 an hour`;
}

function formatPercent(share: number | null): string {
  return `${(share ?? 0).toFixed(1)} %`;
}

function formatFit({ fits }: Plan): string {
  const slot = formatDuration(fits.everyMs);
  if (fits.endsEarly) {
    return `fits: no; it would end early, because a wait is longer than QUOTA_MAX_WAIT, and later runs would resume from there`;
  }
  return fits.isInTime
    ? `fits: yes, with a run every ${slot}`
    : `fits: no, with a run every ${slot}: the next run finds it active and does nothing; nothing is lost`;
}
