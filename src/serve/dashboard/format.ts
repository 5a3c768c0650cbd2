import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import { type Content, type Html, html } from './html.ts';

/** An instant that the browser can show in its own time zone. @param at milliseconds. */
export function formatTime(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`;
}

/** The same, of a DATETIME(3). */
export function formatSqlTime(text: string | null): Content {
  return text === null ? '–' : formatTime(fromSqlDateTime(text));
}

/** `4 min ago`. */
export function formatAgo(ms: number): string {
  return `${roundDuration(ms)} ago`;
}

/** A duration without details that do not matter at a glance: `4 min`, `3 h 5 min`. */
export function roundDuration(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < 1000) return '< 1 s';
  if (positive < 59_500) return `${Math.round(positive / 1000)} s`;
  if (positive < 60_000) return '1 min';
  return formatDuration(positive).replace(/ (?:\d+ s|0 (?:min|h))$/, '');
}

export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? '–' : formatInteger(count);
}

/** The first line of a message. */
export function firstLine(text: string, width = 160): string {
  const line = text.split('\n', 1)[0]!;
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
