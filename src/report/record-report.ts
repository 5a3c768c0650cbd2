import type { FieldIssue } from '../model/field-issue.ts';
import type { Reason } from '../model/row.ts';
import type { StoredListing } from '../record/listing.ts';
import type { ListingParcel } from '../record/listing-parcel.ts';
import type { ListingFile } from '../record/media-file-report.ts';
import type { StoredRecord } from '../record/stored-record.ts';

/** What the database has of one record of the feed. */
export type RecordReport = {
  readonly resource: string;
  readonly key: string;
  /** Listings have additional fields. */
  readonly here: (StoredRecord & Partial<StoredListing>) | undefined;
  readonly quarantined: readonly Reason[];
  /** Fields of the stored row that differ from what was sent. */
  readonly fields: readonly FieldIssue[];
  /** The accounts that the listing is matched with, one for each county that it belongs to. */
  readonly parcels?: readonly ListingParcel[];
  /** The files of the listing's media; missing if none are downloaded. */
  readonly files?: readonly ListingFile[];
};
