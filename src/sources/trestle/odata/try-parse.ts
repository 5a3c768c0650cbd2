import type { RawRecord } from '../../../model/page.ts';

/** The record's members; none where it is broken. */
export function tryParse(raw: RawRecord): Record<string, unknown> {
  try {
    const json = typeof raw === 'string' ? raw : raw.bytes.toString();
    return (JSON.parse(json) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
