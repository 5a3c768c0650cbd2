import type { UndeletableRow } from '../load/delete-child-rows.ts';
import type { Reject } from '../model/row.ts';

/** For the quarantine: a row that the feed no longer has, and that the server refuses to delete. */
export function undeletableReject({
  key,
  parent,
  message,
}: Omit<UndeletableRow, 'parent'> & { parent: string | null }): Reject {
  return blockedReject(key, parent, 'is gone from the feed, but the database refuses to delete it', message);
}

/** For the quarantine: a listing whose row the server refuses to change. */
export function unmarkableReject(key: string, message: string): Reject {
  return blockedReject(
    key,
    key,
    'the database refuses to note that the records of this listing were fetched',
    message,
  );
}

/** There is no text of the feed to keep: what the feed has may even be absent. */
function blockedReject(key: string, parent: string | null, rule: string, message: string): Reject {
  return { key, parent, version: null, raw: '', reasons: [{ field: '', rule, value: message }] };
}
