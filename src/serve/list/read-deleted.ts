import { flag } from '../parameters/types.ts';
import { RequestError } from '../request-error.ts';

/** The parameter of a list that is `deleted` by another name, for clients of other APIs. */
export const includeDeletedParameter = flag
  .optional()
  .meta({ description: 'true: the same as deleted=true.' });

type DeletedValues = {
  readonly deleted?: 'false' | 'true' | 'only' | undefined;
  readonly include_deleted?: boolean | undefined;
  readonly updated_after?: string | undefined;
};

/**
 * Decides whether deleted records are part of a list: unless a parameter decides, they are if it is read for a copy.
 * @throws RequestError (400) if both parameters are given.
 */
export function readDeleted(query: DeletedValues): 'false' | 'true' | 'only' {
  const { deleted, include_deleted: isIncluded, updated_after: updatedAfter } = query;
  if (deleted !== undefined && isIncluded !== undefined) {
    const message = 'deleted and include_deleted exclude each other';
    throw new RequestError(400, 'conflicting_parameters', message, 'include_deleted');
  }
  return deleted ?? ((isIncluded ?? updatedAfter !== undefined) ? 'true' : 'false');
}
