import { createHash } from 'node:crypto';
import type { ItemRecord, Mapper, RawRecord } from '../../items.ts';

/** Maps the records of a page. @param payloads the same records as JSON. */
export function mapRecords(
  records: readonly unknown[],
  payloads: readonly string[],
  page: number,
  mapper: Mapper,
): ItemRecord[] {
  return records.map((record, index) => {
    const payload = payloads[index]!;
    const place = `page ${page}, record ${index + 1}`;
    if (isRecord(record)) return { ...mapper.map(record, payload), payload, place };
    return {
      key: `no-id:${createHash('sha256').update(payload).digest('hex')}`,
      item: undefined,
      error: 'the element of the list is not an object',
      notes: [],
      missing: [],
      payload,
      place,
    };
  });
}

function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
