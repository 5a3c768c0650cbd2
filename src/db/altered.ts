import { ConfigError } from '../errors.ts';
import { KEY_COLLATIONS, keyCollation } from './key-collation.ts';
import { marks } from './marks.ts';
import type { Session } from './pool.ts';
import { MADE, readSteps } from './steps.ts';

/** A column of ours that must be as `sql/` makes it. */
type Made = { readonly table: string; readonly column: string; readonly definition: string };

type Found = {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly collation: string | null;
};

/** A column whose type or collation was changed, and the ALTER TABLE that changes it back. */
export type Altered = { readonly column: string; readonly here: string; readonly statement: string };

/**
 * Finds key columns that no longer tell any two keys apart (`CONVERT TO CHARACTER SET` changes them too: `k1` and `K1`
 * would be one record), and payloads that are no longer kept byte for byte (MySQL's JSON sorts members and rounds numbers).
 * One statement while nothing was altered.
 */
export async function readAltered(session: Session): Promise<Altered[]> {
  const made = madeColumns();
  const names = [...new Set(made.map(({ column }) => column))];
  const rows = await session.select<Found>(
    'SELECT table_name AS `table`, column_name AS `column`, data_type AS type, collation_name AS collation ' +
      `FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name IN (${marks(names.length)})`,
    names,
  );
  const wrong = rows.flatMap((row) => {
    const wanted = made.find(({ table, column }) => column === row.column && isOfTable(row.table, table));
    return wanted === undefined || isAsMade(wanted, row) ? [] : [{ row, wanted }];
  });
  if (wrong.length === 0) return [];
  const collation = await keyCollation(session);
  return wrong.map(({ row, wanted: { definition } }) => ({
    column: `${row.table}.${row.column}`,
    here: row.collation ?? row.type,
    statement:
      `ALTER TABLE ${row.table} MODIFY ${row.column} ` + definition.replace('{{key_collation}}', collation),
  }));
}

/** @throws ConfigError naming the columns and the statements. */
export async function refuseAltered(session: Session): Promise<void> {
  const altered = await readAltered(session);
  if (altered.length > 0) throw alteredError(altered);
}

export function alteredError(altered: readonly Altered[]): ConfigError {
  const list = altered.map(({ column, here }) => `${column} is ${here}`).join(', ');
  const statements = altered.map(({ statement }) => `${statement};`).join(' ');
  return new ConfigError(`columns were altered so that records could be mixed up or changed: ${list}`, {
    op: 'look at the tables',
    hint: `${statements} then: trestle-etl reconcile, for records that were lost meanwhile`,
  });
}

/** `properties_2`, a table beside `properties`, has the same key. */
function isOfTable(name: string, table: string): boolean {
  return name === table || (name.startsWith(`${table}_`) && /^\d+$/.test(name.slice(table.length + 1)));
}

function isAsMade({ definition }: Made, { type, collation }: Found): boolean {
  if (definition.startsWith('LONGTEXT')) return type.toLowerCase() !== 'json';
  return collation !== null && KEY_COLLATIONS.includes(collation.toLowerCase());
}

/** Keys with their collation, and payloads. */
const DEFINITION = /^\s*(\w+) (VARCHAR\(\d+\) COLLATE \{\{key_collation\}\} (?:NOT )?NULL)\b/gm;
const PAYLOAD = /^\s*(payload) (LONGTEXT NOT NULL)\b/gm;

function madeColumns(): Made[] {
  return readSteps().flatMap(({ statements }) =>
    statements.flatMap((statement) => {
      const table = MADE.exec(statement)?.[1];
      if (table === undefined) return [];
      return [...statement.matchAll(DEFINITION), ...statement.matchAll(PAYLOAD)].map(
        ([, column = '', definition = '']) => ({ table, column, definition }),
      );
    }),
  );
}

/** Unique indexes beside the primary keys, as `table.index`: a user made them. */
export async function readUniqueIndexes(session: Session): Promise<string[]> {
  const rows = await session.select<{ table: string; name: string }>(
    'SELECT DISTINCT table_name AS `table`, index_name AS name FROM information_schema.statistics ' +
      "WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY' ORDER BY table_name, index_name",
  );
  const tables = readSteps().flatMap(({ statements }) =>
    statements.flatMap((each) => MADE.exec(each)?.[1] ?? []),
  );
  const isOurs = (name: string): boolean => tables.some((table) => isOfTable(name, table));
  return rows.filter(({ table }) => isOurs(table)).map(({ table, name }) => `${table}.${name}`);
}
