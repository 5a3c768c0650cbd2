import type { UndeletableRow } from '../load/delete-child-rows.ts';
import type { Reject } from '../model/row.ts';

/** The quarantine entry of a row that was removed upstream and that the database refuses to delete. */
export function undeletableReject({
  key,
  parent,
  message,
}: Omit<UndeletableRow, 'parent'> & { parent: string | null }): Reject {
  return blockedReject(
    key,
    parent,
    'was removed from the feed, but the database refuses to delete it',
    message,
  );
}

/** The quarantine entry of a listing whose row the database refuses to change. */
export function unmarkableReject(key: string, message: string): Reject {
  return blockedReject(
    key,
    key,
    'the database refuses to mark the records of this listing as fetched',
    message,
  );
}

/** `raw` is empty: there may be no record upstream. */
function blockedReject(key: string, parent: string | null, rule: string, message: string): Reject {
  return { key, parent, version: null, raw: '', reasons: [{ field: '', rule, value: message }] };
}
