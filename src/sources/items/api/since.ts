import { DAY_MS } from '../../../lib/time.ts';
import type { SinceSettings } from './settings.ts';
import { readValue } from './values.ts';

/**
 * Returns the value of the parameter that limits a read to new records; undefined: the read has no such parameter.
 * @param value of the checkpoint; null: nothing was read yet.
 */
export function findSince(settings: SinceSettings, value: string | null): string | undefined {
  if (value === null) return settings.start;
  const { format, overlap } = settings;
  const { ms } = readValue(value, format) ?? {};
  // The server compares with >= or >; the value itself is read again, never the next one.
  if (ms === undefined) return value;
  if (format === 'unix') return String(Math.floor((ms - overlap) / 1000));
  if (format === 'unix_ms') return String(Math.floor(ms - overlap));
  // The server's day may begin in another zone: a whole day is read again at least.
  const isDay = format === 'date' || !/\d:\d/.test(value);
  if (isDay) return new Date(ms - Math.max(overlap, DAY_MS)).toISOString().slice(0, 10);
  return overlap === 0 ? value : formatLike(value, ms - overlap);
}

/** Sets the parameter of a request. */
export function setSince(url: URL, settings: SinceSettings, since: string): void {
  url.searchParams.set(
    settings.param,
    settings.value.replaceAll('{since}', () => since),
  );
}

/** Formats a time as UTC: with a zone if the text has one, and with a fraction if it has one. */
function formatLike(text: string, ms: number): string {
  const iso = new Date(ms).toISOString().slice(0, -1);
  const time = text.includes('.') ? iso : iso.slice(0, 19);
  const separated = text.includes('T') || text.includes('t') ? time : time.replace('T', ' ');
  return /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? `${separated}Z` : separated;
}
