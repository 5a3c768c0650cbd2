import { createHash } from 'node:crypto';
import type { ItemRecord, Mapper, RawRecord } from '../../items.ts';
import type { CsvRow } from './split.ts';

/** Turns rows of one file into records. @param title the file, for messages. */
export function createRecordReader(
  title: string,
  columns: readonly string[],
  mapper: Mapper,
): (row: CsvRow) => ItemRecord {
  const toRaw = createRowReader(columns);
  return (row) => {
    const place = `${title} line ${row.line}`;
    if (!('fields' in row)) return toReject(place, row.line, row.raw, row.problem);
    const record = toRaw(row.fields);
    const payload = JSON.stringify(record);
    return { ...mapper.map(record, payload), payload, place };
  };
}

/** A short row has no value for its last columns. */
function createRowReader(columns: readonly string[]): (fields: readonly string[]) => RawRecord {
  // An assignment to this name would set the prototype.
  if (columns.includes('__proto__')) {
    return (fields) => Object.fromEntries(columns.map((name, index) => [name, fields[index] ?? null]));
  }
  return (fields) => {
    const record: Record<string, string | null> = {};
    for (let index = 0; index < columns.length; index += 1) record[columns[index]!] = fields[index] ?? null;
    return record;
  };
}

function toReject(place: string, line: number, raw: string, error: string): ItemRecord {
  const payload = JSON.stringify({ raw, line });
  const key = `no-id:${createHash('sha256').update(payload).digest('hex')}`;
  return { key, item: undefined, error, notes: [], missing: [], payload, place };
}
