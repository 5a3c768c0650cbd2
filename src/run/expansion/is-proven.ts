/** A set of child records that came with its parent. */
export type ExpandedSet = {
  /** What the parent counts; null if it counts nothing. */
  readonly counted: number | null;
  /** Different records that came. */
  readonly sent: number;
  /** Records that are stored now. */
  readonly stored: number;
  /** Whether the parent changed since its set was fetched. */
  readonly isStale: boolean;
  /** Whether a parent has one record at most, with the parent's key. */
  readonly isSingle: boolean;
};

/**
 * Whether a set may replace the stored one. Under load, Trestle answers an expanded collection with `[]` and status 200, or
 * with a part of it. So a set needs proof in the same answer: as many records as the parent counts. A parent that counts
 * nothing proves a set only if it has one record at most. A set with fewer records than are stored also needs a cause, which
 * is a change of the parent; an empty one never replaces records. The other sets are requested separately.
 */
export function isProven({ counted, sent, stored, isStale, isSingle }: ExpandedSet): boolean {
  if (sent === 0) return counted === 0 && stored === 0;
  if (counted === null) return isSingle;
  if (sent < counted) return false;
  return sent >= stored || (sent === counted && isStale);
}
