import { errnoOf } from '../db/errors.ts';
import { FatalError, type RowRefusedError } from '../errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { UNIQUE_CLASH } from '../model/unique-clash.ts';

/** If so many rows of one page are refused, the table is at fault, and the page must not be passed. */
const MOST_REFUSED = 50;

/** The rows of a page that the server refuses, each with the reason. */
export type Refusals = {
  readonly words: ReadonlyMap<Row, string>;
  /** @throws FatalError if there are too many. */
  add(row: Row, reason: RowRefusedError | string): void;
};

export function startRefusals(resource: Dataset): Refusals {
  const words = new Map<Row, string>();
  return {
    words,
    add: (row, reason) => {
      const says = typeof reason === 'string' ? reason : describe(reason);
      words.set(row, says);
      if (words.size < MOST_REFUSED) return;
      throw new FatalError(`${resource.name}: row after row, ${says}`, {
        op: 'load',
        ...(typeof reason === 'string' ? {} : { cause: reason }),
        hint:
          typeof reason === 'string'
            ? 'raise max_allowed_packet on the database server'
            : `look for triggers, constraints, unique indexes and columns that were added to ${resource.table} or ${resource.rawTable}`,
      });
    },
  };
}

/** Duplicate entry. */
const DUPLICATE = 1062;

export function isClash(error: RowRefusedError): boolean {
  return errnoOf(error) === DUPLICATE;
}

function describe(error: RowRefusedError): string {
  return isClash(error) ? `${UNIQUE_CLASH}: ${error.message}` : error.message;
}
