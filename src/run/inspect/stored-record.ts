import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { columnFor, keyColumn } from '../../load/statement.ts';
import { type StoredListing, readListing } from '../../record/listing.ts';
import { readRecord, type StoredRecord } from '../../record/stored-record.ts';
import { versionField } from '../../dataset/reading.ts';

/** Reads a stored record, and for a listing the details that only listings have. @returns undefined if there is no row. */
export async function readStoredRecord(
  session: Session,
  dataset: Dataset,
  key: string,
): Promise<(StoredRecord & Partial<StoredListing>) | undefined> {
  const source = {
    resource: dataset.name,
    table: dataset.table,
    rawTable: dataset.rawTable,
    key: keyColumn(dataset),
    version: columnFor(dataset, versionField(dataset)),
  };
  const record = await readRecord(session, source, key);
  if (record === undefined) return undefined;
  return { ...record, ...(dataset.name === 'Property' ? await readListing(session, key) : {}) };
}
