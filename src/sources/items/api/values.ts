import { parseInstant } from '../../../lib/time.ts';
import type { SinceSettings } from './settings.ts';

type Format = SinceSettings['format'];

/** A value of the cursor field: its text, and its time in milliseconds; ids have none. */
export type CursorValue = { readonly text: string; readonly ms: number | undefined };

/** Reads a value of the cursor field; undefined if it has not the format. */
export function readValue(value: unknown, format: Format): CursorValue | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (text === '') return undefined;
  if (format === 'id') return { text, ms: undefined };
  const ms = parseTime(text, format);
  return ms === undefined ? undefined : { text, ms };
}

/** Parses a time. Without a zone it is UTC, not the zone of this machine. */
function parseTime(text: string, format: Format): number | undefined {
  if (format === 'unix' || format === 'unix_ms') {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined;
    return Number(text) * (format === 'unix' ? 1000 : 1);
  }
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?([Zz]|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  return day === undefined ? undefined : parseInstant(`${day}T${time}${zone}`);
}

/**
 * Compares two values in the order in which the server sorts them: times by time; ids as numbers if both are, as text if
 * both have the same length. Of other ids, the later one in the list is greater.
 * @param earlier a value that was received before `later`.
 */
export function compareValues(earlier: CursorValue, later: CursorValue): number {
  if (earlier.ms !== undefined && later.ms !== undefined) return earlier.ms - later.ms;
  const [one, other] = [earlier.text, later.text];
  if (/^-?\d+$/.test(one) && /^-?\d+$/.test(other)) return Number(BigInt(one) - BigInt(other));
  if (one.length !== other.length) return -1;
  return one < other ? -1 : Number(one > other);
}
