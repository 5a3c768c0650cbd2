import { errnoOf } from '../db/errors.ts';
import { FatalError, type RowRefusedError } from '../errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { UNIQUE_CLASH } from '../model/unique-clash.ts';

/** If this many rows of one page are refused, the table is at fault: fail instead of skipping the page. */
const MAX_REFUSED_ROWS = 50;

/** The rows of a page that the server refuses, each with its reason. */
export type Refusals = {
  readonly messages: ReadonlyMap<Row, string>;
  /** @throws FatalError if there are too many. */
  add(row: Row, reason: RowRefusedError | string): void;
};

export function createRefusals(dataset: Dataset): Refusals {
  const messages = new Map<Row, string>();
  return {
    messages,
    add: (row, reason) => {
      const message = typeof reason === 'string' ? reason : describe(reason);
      messages.set(row, message);
      if (messages.size < MAX_REFUSED_ROWS) return;
      throw new FatalError(`${dataset.name}: row after row, ${message}`, {
        op: 'load',
        ...(typeof reason === 'string' ? {} : { cause: reason }),
        hint:
          typeof reason === 'string'
            ? 'raise max_allowed_packet on the database server'
            : `check for triggers, constraints, unique indexes and columns that were added to ${dataset.table} or ${dataset.rawTable}`,
      });
    },
  };
}

const DUPLICATE_ENTRY = 1062;

export function isClash(error: RowRefusedError): boolean {
  return errnoOf(error) === DUPLICATE_ENTRY;
}

function describe(error: RowRefusedError): string {
  return isClash(error) ? `${UNIQUE_CLASH}: ${error.message}` : error.message;
}
