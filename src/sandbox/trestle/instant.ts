import { HOUR_MS } from '../../lib/time.ts';

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3}(\d*))?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Parses to milliseconds since the epoch, with finer digits as a fraction; precise to the microsecond. */
export function parsePreciseInstant(text: string): number | undefined {
  const match = ISO_INSTANT.exec(text);
  if (match === null) return undefined;
  const finer = match[1] ? Number(`0.${match[1]}`) : 0;
  const at = Date.parse(text) + finer;
  return Number.isNaN(at) ? undefined : at;
}

/** `2026-03-19T22:06:45.773-00:00`: the format of every cursor. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23)}-00:00`;
}

/** `2026-03-19T22:06:45.773Z`. */
export function formatUtc(at: number): string {
  return new Date(at).toISOString();
}

/** `2026-03-19T18:06:45.773-04:00`. */
export function formatEastern(at: number): string {
  return stampAt(at, 4);
}

/** With an offset of `behind` hours behind UTC: `2026-03-19T15:06:45.773-07:00`. */
export function stampAt(at: number, behind: number): string {
  return `${new Date(at - behind * HOUR_MS).toISOString().slice(0, 23)}-0${behind}:00`;
}

/** `2026-03-19`. */
export function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
