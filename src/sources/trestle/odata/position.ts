import type { Dataset } from '../../../dataset/dataset.ts';
import { cursorField } from '../../../dataset/reading.ts';
import { parseInstant } from '../../../lib/time.ts';
import type { RawRecord } from '../../../model/page.ts';
import { readMembers } from './records.ts';

/** A record's position in the order of the feed, as it was sent. */
export type FeedPosition = {
  readonly timestamp: unknown;
  readonly key: unknown;
  /** The timestamp in milliseconds since the epoch; undefined if it is not an instant. */
  readonly instant: number | undefined;
};

/** Parses each record once: a page can have 300,000 of them. */
export function readPositions(dataset: Dataset, records: readonly RawRecord[]): FeedPosition[] {
  const names = [cursorField(dataset), dataset.key] as const;
  return records.map((record) => {
    const [timestamp, key] = readMembers(record, names);
    return {
      timestamp,
      key,
      instant: typeof timestamp === 'string' ? parseInstant(timestamp) : undefined,
    };
  });
}
