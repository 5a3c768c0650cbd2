import type { RawRecord } from '../../../model/page.ts';

/** Parses a record's members; an empty object if the record is broken. */
export function tryParse(raw: RawRecord): Record<string, unknown> {
  try {
    const json = typeof raw === 'string' ? raw : raw.bytes.toString();
    return (JSON.parse(json) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
