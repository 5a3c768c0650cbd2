import { ConfigError } from '../errors.ts';
import { type ColumnHere, isGeneratedBy, whyLess } from './column-fit.ts';
import { errnoOf, NO_COLUMN, NO_TABLE } from './errors.ts';
import { KEY_COLLATIONS, keyCollation } from './key-collation.ts';
import type { MadeTable } from './made.ts';
import type { Session } from './pool.ts';
import { addColumn, modifyColumn, restoreKey } from './restore.ts';
import { readTables, type TableHere } from './table-state.ts';

/** What the tables are compared with. */
export type Expected = {
  readonly tables: readonly MadeTable[];
  /** Tables, and columns as `table.column`, that may be missing: nothing uses them, or a run makes them itself. */
  readonly optional: ReadonlySet<string>;
  /** Columns as `table.column` that may hold less than was sent: only this one field is wrong then. */
  readonly lenient: ReadonlySet<string>;
};

/** Something that was changed by another program, or a person. */
export type Alteration = {
  /** `properties.list_price is float`, `etl_watermark is MyISAM, not InnoDB`. */
  readonly what: string;
  /** SQL, or words if SQL cannot undo it. */
  readonly remedy: string;
  /** The command to run after it. */
  readonly next: string;
  /** Whether only one field of each row is affected. */
  readonly isLenient: boolean;
  /** The column or table that is missing, to make sure of it. */
  readonly missing?: { readonly table: string; readonly column?: string };
};

const RECONCILE = 'trestle-etl reconcile, for records that were lost meanwhile';
const REPAIR = 'trestle-etl verify --stored --repair, which writes the values again from the payloads';

/**
 * Compares the tables with what trestle-etl made. Three statements while nothing was altered. What the user may not see
 * counts as unaltered.
 */
export async function readAltered(session: Session, expected: Expected): Promise<Alteration[]> {
  const names = expected.tables.map(({ name }) => name);
  const here = await readTables(session, names);
  const found = expected.tables.flatMap((made) => {
    const table = here.get(made.name);
    return table === undefined ? missingTable(made, expected) : alterationsOf(made, table, expected);
  });
  const certain: Alteration[] = [];
  for (const each of found) if (await isCertain(session, each)) certain.push(each);
  if (certain.length === 0) return [];
  const collation = await keyCollation(session);
  return certain.map((each) => ({ ...each, remedy: each.remedy.replaceAll('{{key_collation}}', collation) }));
}

export function alteredError(altered: readonly Alteration[]): ConfigError {
  return new ConfigError(
    `the tables were altered by something other than trestle-etl: ${altered.map(({ what }) => what).join(', ')}`,
    { op: 'compare tables', hint: remedyOf(altered) },
  );
}

/** The statements, then the commands. */
export function remedyOf(altered: readonly Alteration[]): string {
  const remedies = altered.map(({ remedy }) => `${remedy};`).join(' ');
  const commands = [...new Set(altered.map(({ next }) => next))].join('; ');
  return `${remedies} then: ${commands}`;
}

function missingTable({ name }: MadeTable, { optional }: Expected): Alteration[] {
  if (optional.has(name)) return [];
  const remedy = `rename it back (RENAME TABLE … TO ${name}), or restore it from a backup`;
  return [
    { what: `${name} is missing`, remedy, next: RECONCILE, isLenient: false, missing: { table: name } },
  ];
}

function alterationsOf(made: MadeTable, here: TableHere, expected: Expected): Alteration[] {
  const { name } = made;
  if (!['BASE TABLE', 'SYSTEM VERSIONED'].includes(here.kind)) {
    const remedy = `give your ${here.kind.toLowerCase()} another name, and the table its own (RENAME TABLE … TO ${name})`;
    return [{ what: `${name} is a ${here.kind}, not a table`, remedy, next: RECONCILE, isLenient: false }];
  }
  return [...engineOf(name, here), ...keyOf(made, here), ...columnsOf(made, here, expected)];
}

function engineOf(name: string, { engine }: TableHere): Alteration[] {
  if (engine === null || engine.toLowerCase() === 'innodb') return [];
  const remedy = `ALTER TABLE ${name} ENGINE = InnoDB`;
  return [{ what: `${name} is ${engine}, not InnoDB`, remedy, next: RECONCILE, isLenient: false }];
}

/** Rows are replaced by ON DUPLICATE KEY UPDATE: without a unique index on the key alone, a new version is a second row. */
function keyOf(made: MadeTable, here: TableHere): Alteration[] {
  const wanted = new Set<string | undefined>(made.key);
  const isThere = [...here.indexes.values()].some(
    ({ isUnique, columns }) =>
      isUnique && columns.length === wanted.size && columns.every((column) => wanted.has(column)),
  );
  // A column that is missing is reported as such.
  if (isThere || made.key.some((column) => !here.columns.has(column))) return [];
  const what = `${made.name} has no unique index on ${made.key.join(', ')} alone`;
  return [{ what, remedy: restoreKey(made, here), next: RECONCILE, isLenient: false }];
}

function columnsOf(made: MadeTable, here: TableHere, expected: Expected): Alteration[] {
  return [...made.columns].flatMap(([column, definition]) => {
    const found = here.columns.get(column);
    return found === undefined
      ? missingColumn(made, here, column, expected)
      : columnOf(made, here, column, {
          definition,
          found,
          isLenient: expected.lenient.has(`${made.name}.${column}`),
        });
  });
}

function missingColumn(
  made: MadeTable,
  here: TableHere,
  column: string,
  { optional }: Expected,
): Alteration[] {
  const name = `${made.name}.${column}`;
  if (optional.has(made.name) || optional.has(name)) return [];
  const missing = { table: made.name, column };
  const remedy = addColumn(made, here, column);
  return [{ what: `${name} is missing`, remedy, next: REPAIR, isLenient: false, missing }];
}

type Compared = { readonly definition: string; readonly found: ColumnHere; readonly isLenient: boolean };

function columnOf(
  made: MadeTable,
  here: TableHere,
  column: string,
  { definition, found, isLenient }: Compared,
): Alteration[] {
  const name = `${made.name}.${column}`;
  const less = whyLess(definition, found);
  if (less !== undefined) {
    // No server turns a column into a generated one, or a virtual one into a plain one.
    const isMadeAgain = isGeneratedBy(definition) || less === 'generated';
    const remedy = isMadeAgain
      ? `ALTER TABLE ${made.name} DROP COLUMN ${column}; ${addColumn(made, here, column)}`
      : modifyColumn(made, column);
    return [{ what: `${name} is ${less}`, remedy, next: REPAIR, isLenient }];
  }
  const collation = found.collation?.toLowerCase() ?? '';
  if (!definition.includes('{{key_collation}}') || KEY_COLLATIONS.includes(collation)) return [];
  const remedy = modifyColumn(made, column);
  return [{ what: `${name} is ${collation}`, remedy, next: RECONCILE, isLenient: false }];
}

/** Rights on single columns hide the others from information_schema. */
async function isCertain(session: Session, { missing }: Alteration): Promise<boolean> {
  if (missing === undefined) return true;
  const column = missing.column === undefined ? '1' : `\`${missing.column}\``;
  try {
    await session.select(`SELECT ${column} FROM \`${missing.table}\` LIMIT 0`);
    return false;
  } catch (error) {
    return [NO_TABLE, NO_COLUMN].includes(errnoOf(error) ?? 0);
  }
}
