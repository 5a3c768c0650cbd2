import type { Session } from '../../../db/pool.ts';
import { ConfigError } from '../../../errors.ts';
import type { ColumnKind } from '../../list/column.ts';
import { showsAddress } from './address.ts';
import type { ListingColumn } from './column.ts';

/** Columns that are never served, and why. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern:
      /^private_|(?:^|_)(?:agents?|broker|confidential|internal|member|office|private|realtor)_(?:\w+_)?remarks/,
    reason: 'it is for agents only',
  },
  { pattern: /^showing|_showing/, reason: 'it is for agents who show the listing' },
  { pattern: /lock_?box|access_code|gate_code|security_code|alarm|^key_/, reason: 'it opens the house' },
  {
    pattern: /owner|occupant|tenant_(?:name|phone)|^seller/,
    reason: 'it is about the people who live there',
  },
  { pattern: /compensation|commission/, reason: 'it is between the offices' },
  {
    pattern: /^(?:content_hash|run_id|deleted_at|(?:media|custom)_(?:due|fetched|retry|tries).*)$/,
    reason: 'it is for trestle-etl itself',
  },
];

/** @throws ConfigError if SERVE_LISTING_COLUMNS names a column that must not be served. */
export function checkNames(names: readonly string[]): void {
  for (const name of names) {
    const forbidden = FORBIDDEN.find(({ pattern }) => pattern.test(name));
    if (forbidden === undefined) continue;
    throw new ConfigError(`SERVE_LISTING_COLUMNS has ${name}, which is never served: ${forbidden.reason}`, {
      op: 'serve',
      hint: `remove ${name} from SERVE_LISTING_COLUMNS`,
    });
  }
}

/**
 * Reads what the columns are.
 * @param names of columns of `properties`.
 * @throws ConfigError if there is no such column, or it is never served.
 */
export async function readExtraColumns(
  database: Session,
  names: readonly string[],
): Promise<readonly ListingColumn[]> {
  checkNames(names);
  if (names.length === 0) return [];
  const rows = await database.select<{ name: string; type: string }>(
    'SELECT column_name AS name, column_type AS type FROM information_schema.columns ' +
      "WHERE table_schema = DATABASE() AND table_name = 'properties'",
  );
  const types = new Map(rows.map(({ name, type }) => [name, type.toLowerCase()]));
  return names.map((name) => {
    const type = types.get(name);
    if (type === undefined) throw createMissingError(name);
    const column = { name, kind: findKind(type), help: 'A column of SERVE_LISTING_COLUMNS.' };
    return showsAddress(name) ? { ...column, isAddress: true } : column;
  });
}

function createMissingError(name: string): ConfigError {
  return new ConfigError(`SERVE_LISTING_COLUMNS has ${name}, but properties has no such column`, {
    op: 'serve',
    hint: `correct the name, or add the column first: trestle-etl fields add`,
  });
}

/** @param type as the server prints it: `tinyint(1)`, `decimal(14,2)`. */
function findKind(type: string): ColumnKind {
  if (type.startsWith('tinyint(1)')) return 'boolean';
  if (/^(?:tiny|small|medium|big)?int\b/.test(type)) return 'integer';
  if (/^(?:decimal|float|double)\b/.test(type)) return 'decimal';
  if (type === 'date') return 'date';
  return /^(?:datetime|timestamp)\b/.test(type) ? 'instant' : 'text';
}
