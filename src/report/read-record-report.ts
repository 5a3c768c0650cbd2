import type { Context } from '../app/context.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Session } from '../db/pool.ts';
import type { Reason } from '../model/row.ts';
import { readFieldIssues } from '../record/field-issue.ts';
import { readListingFiles } from '../record/media-file-report.ts';
import { readQuarantined } from '../record/quarantine.ts';
import { hasTables } from '../record/tables.ts';
import { readStoredRecord } from '../run/inspect/stored-record.ts';
import { usesMediaFiles } from './read-media-files.ts';
import { readParcels } from './read-parcels.ts';
import type { RecordReport } from './record-report.ts';

type RecordContext = Pick<Context, 'config' | 'sources' | 'sourceNamed'> & { readonly database: Session };

/** Reads what is stored of one record, and why it is not if it is in quarantine. Sends no request. */
export async function readRecordReport(
  context: RecordContext,
  dataset: Dataset,
  key: string,
): Promise<RecordReport> {
  const { database } = context;
  const head = { resource: dataset.name, key };
  if (!(await hasTables(database))) return { ...head, here: undefined, quarantined: [], fields: [] };
  return {
    ...head,
    here: await readStoredRecord(database, dataset, key),
    quarantined: await readReasons(database, dataset, key),
    fields: await readFieldIssues(database, dataset.name, key),
    ...(dataset.name === 'Property' ? await readOfListing(context, key) : {}),
  };
}

async function readOfListing(
  context: RecordContext,
  key: string,
): Promise<Pick<RecordReport, 'parcels' | 'files'>> {
  const parcels = await readParcels(context, key);
  if (!(await usesMediaFiles(context.database, context))) return { parcels };
  return { parcels, files: await readListingFiles(context.database, key) };
}

async function readReasons(database: Session, dataset: Dataset, key: string): Promise<Reason[]> {
  const entries = await readQuarantined(database, key);
  const own = entries.filter((entry) => entry.resource === dataset.name);
  return own.flatMap((entry) => JSON.parse(entry.reasons) as Reason[]);
}
