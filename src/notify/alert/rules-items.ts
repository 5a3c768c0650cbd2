import { formatDuration } from '../../lib/duration.ts';
import type { RunReport } from '../../model/alert.ts';
import type { AlertVerdict } from './verdict.ts';

/** What the user should do about a source of items: a field was renamed, the source is gone or moved. */
export function evaluateItems({ items }: RunReport): AlertVerdict | undefined {
  if (items?.problems === undefined) return undefined;
  const { source, problems } = items;
  const [first] = problems;
  return {
    kind: 'source',
    topic: `source ${source}`,
    isRaised: first !== undefined,
    title: first === undefined ? `${source} has no problem any more` : `${source}: ${first}`,
    text:
      first === undefined
        ? `${source} has no problem any more.`
        : [`${source}:`, ...problems.map((problem) => `- ${problem}`)].join('\n'),
    facts: { source, problems: problems.length },
  };
}

/** Runs of a paused source do not start, so its state is known only after a run. */
export function evaluatePause({ items }: RunReport): AlertVerdict | undefined {
  if (items?.health === undefined) return undefined;
  const { source, health } = items;
  const { failures, pausedUntil } = health;
  const isRaised = pausedUntil !== undefined;
  const until = isRaised ? new Date(pausedUntil).toISOString().slice(0, 16).replace('T', ' ') : null;
  const summary = isRaised
    ? `${source} is paused until ${until} UTC${failures === 0 ? '' : ` after ${failures} failed runs`}`
    : `${source} is not paused`;
  return {
    kind: 'source',
    topic: `paused ${source}`,
    isRaised,
    title: summary,
    text: isRaised
      ? `${summary}; so are the sources with the same server and credentials.\n` +
        `To read it now: trestle-etl sync ${source}`
      : `${summary}.`,
    facts: { source, problems: isRaised ? 1 : 0 },
  };
}

/** Until its first complete run a source has no age: its runs fail, which is reported. */
export function evaluateItemsAge({ items }: RunReport): AlertVerdict | undefined {
  if (items?.health === undefined) return undefined;
  const { source, health } = items;
  const { age, maxAge } = health;
  if (age === null) return undefined;
  const isRaised = age > maxAge;
  const summary = `${source} was last read ${formatDuration(age)} ago`;
  return {
    kind: 'stale',
    topic: `stale ${source}`,
    isRaised,
    title: isRaised ? `stale: ${summary}` : `fresh again: ${summary}`,
    text: isRaised
      ? `${summary}; at most ${formatDuration(maxAge)} is allowed: ALERT_MAX_AGE, but at least three times every of ${source}.\n` +
        'Look at: trestle-etl sources'
      : `${summary}.`,
    facts: { ageSeconds: Math.round(age / 1000), maxAgeSeconds: Math.round(maxAge / 1000), source },
  };
}
