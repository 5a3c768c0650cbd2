import { ConfigError } from '../errors.ts';
import { type ActualColumn, isGeneratedDefinition, describeLoss } from './column-fit.ts';
import { errnoOf, NO_COLUMN, NO_TABLE } from './errors.ts';
import { KEY_COLLATIONS, readKeyCollation } from './key-collation.ts';
import type { TableDefinition } from './table-definitions.ts';
import type { Session } from './pool.ts';
import { addColumn, modifyColumn, restoreKey } from './restore-statements.ts';
import { readTables, type ActualTable } from './table-state.ts';

/** The schema that the tables are compared with. */
export type ExpectedSchema = {
  readonly tables: readonly TableDefinition[];
  /** Tables, and columns as `table.column`, that may be missing: they are unused, or a run creates them. */
  readonly optional: ReadonlySet<string>;
  /** Columns as `table.column` that may hold less than was sent: only that field is then wrong. */
  readonly lenient: ReadonlySet<string>;
};

/** A change to the schema by another program or a user. */
export type SchemaAlteration = {
  /** `properties.list_price is float`, `etl_watermark is MyISAM, not InnoDB`. */
  readonly description: string;
  /** SQL, or plain instructions if SQL cannot undo the change. */
  readonly remedy: string;
  /** The command to run after it. */
  readonly nextCommand: string;
  /** Whether only one field of each row is affected. */
  readonly isLenient: boolean;
  /** The missing table or column, to confirm that it is missing. */
  readonly missing?: { readonly table: string; readonly column?: string };
};

const RECONCILE = 'trestle-etl reconcile, for records that were lost meanwhile';
const REPAIR = 'trestle-etl verify --stored --repair, which writes the values again from the payloads';

/**
 * Compares the tables with the schema that trestle-etl created. Takes three statements if nothing was altered. Tables and
 * columns that the user may not see count as unaltered.
 */
export async function readAlterations(
  session: Session,
  expected: ExpectedSchema,
): Promise<SchemaAlteration[]> {
  const names = expected.tables.map(({ name }) => name);
  const actual = await readTables(session, names);
  const found = expected.tables.flatMap((made) => {
    const table = actual.get(made.name);
    return table === undefined ? checkMissingTable(made, expected) : checkTable(made, table, expected);
  });
  const certain: SchemaAlteration[] = [];
  for (const each of found) if (await isCertain(session, each)) certain.push(each);
  if (certain.length === 0) return [];
  const collation = await readKeyCollation(session);
  return certain.map((each) => ({ ...each, remedy: each.remedy.replaceAll('{{key_collation}}', collation) }));
}

export function createAlteredError(altered: readonly SchemaAlteration[]): ConfigError {
  return new ConfigError(
    `the tables were altered by something other than trestle-etl: ${altered.map(({ description }) => description).join(', ')}`,
    { op: 'compare tables', hint: formatRemedy(altered) },
  );
}

/** The statements, then the commands. */
export function formatRemedy(altered: readonly SchemaAlteration[]): string {
  const remedies = altered.map(({ remedy }) => `${remedy};`).join(' ');
  const commands = [...new Set(altered.map(({ nextCommand: next }) => next))].join('; ');
  return `${remedies} then: ${commands}`;
}

function checkMissingTable({ name }: TableDefinition, { optional }: ExpectedSchema): SchemaAlteration[] {
  if (optional.has(name)) return [];
  const remedy = `rename it back (RENAME TABLE … TO ${name}), or restore it from a backup`;
  return [
    {
      description: `${name} is missing`,
      remedy,
      nextCommand: RECONCILE,
      isLenient: false,
      missing: { table: name },
    },
  ];
}

function checkTable(
  made: TableDefinition,
  actual: ActualTable,
  expected: ExpectedSchema,
): SchemaAlteration[] {
  const { name } = made;
  if (!['BASE TABLE', 'SYSTEM VERSIONED'].includes(actual.kind)) {
    const remedy = `give your ${actual.kind.toLowerCase()} another name, and the table its own (RENAME TABLE … TO ${name})`;
    return [
      {
        description: `${name} is a ${actual.kind}, not a table`,
        remedy,
        nextCommand: RECONCILE,
        isLenient: false,
      },
    ];
  }
  return [...checkEngine(name, actual), ...checkKey(made, actual), ...checkColumns(made, actual, expected)];
}

function checkEngine(name: string, { engine }: ActualTable): SchemaAlteration[] {
  if (engine === null || engine.toLowerCase() === 'innodb') return [];
  const remedy = `ALTER TABLE ${name} ENGINE = InnoDB`;
  return [
    { description: `${name} is ${engine}, not InnoDB`, remedy, nextCommand: RECONCILE, isLenient: false },
  ];
}

/** Rows are replaced by ON DUPLICATE KEY UPDATE: without a unique index on the key alone, a new version is a second row. */
function checkKey(made: TableDefinition, actual: ActualTable): SchemaAlteration[] {
  const isMissing = (key: readonly string[]): boolean =>
    // A missing column is reported separately.
    !hasUnique(actual, key) && key.every((column) => actual.columns.has(column));
  const lost = [...made.unique].filter((name) => isMissing(made.indexes.get(name) ?? []));
  const found = lost.map((name) => {
    const columns = (made.indexes.get(name) ?? []).join(', ');
    const remedy = `ALTER TABLE ${made.name} ADD UNIQUE KEY ${name} (${columns})`;
    return describeKey(made, columns, remedy);
  });
  if (!isMissing(made.key)) return found;
  return [describeKey(made, made.key.join(', '), restoreKey(made, actual)), ...found];
}

function hasUnique({ indexes }: ActualTable, key: readonly string[]): boolean {
  const wanted = new Set<string | undefined>(key);
  return [...indexes.values()].some(
    ({ isUnique, columns }) =>
      isUnique && columns.length === wanted.size && columns.every((column) => wanted.has(column)),
  );
}

function describeKey({ name }: TableDefinition, columns: string, remedy: string): SchemaAlteration {
  const description = `${name} has no unique index on ${columns} alone`;
  return { description, remedy, nextCommand: RECONCILE, isLenient: false };
}

function checkColumns(
  made: TableDefinition,
  actual: ActualTable,
  expected: ExpectedSchema,
): SchemaAlteration[] {
  return [...made.columns].flatMap(([column, definition]) => {
    const found = actual.columns.get(column);
    return found === undefined
      ? checkMissingColumn(made, actual, column, expected)
      : checkColumn(made, actual, column, {
          definition,
          found,
          isLenient: expected.lenient.has(`${made.name}.${column}`),
        });
  });
}

function checkMissingColumn(
  made: TableDefinition,
  actual: ActualTable,
  column: string,
  { optional }: ExpectedSchema,
): SchemaAlteration[] {
  const name = `${made.name}.${column}`;
  if (optional.has(made.name) || optional.has(name)) return [];
  const missing = { table: made.name, column };
  const remedy = addColumn(made, actual, column);
  return [{ description: `${name} is missing`, remedy, nextCommand: REPAIR, isLenient: false, missing }];
}

type ColumnComparison = {
  readonly definition: string;
  readonly found: ActualColumn;
  readonly isLenient: boolean;
};

function checkColumn(
  made: TableDefinition,
  actual: ActualTable,
  column: string,
  { definition, found, isLenient }: ColumnComparison,
): SchemaAlteration[] {
  const name = `${made.name}.${column}`;
  const less = describeLoss(definition, found);
  if (less !== undefined) {
    // No server converts a column to a generated one, or a virtual one to a plain one.
    const isMadeAgain = isGeneratedDefinition(definition) || less === 'generated';
    const remedy = isMadeAgain
      ? `ALTER TABLE ${made.name} DROP COLUMN ${column}; ${addColumn(made, actual, column)}`
      : modifyColumn(made, column);
    return [{ description: `${name} is ${less}`, remedy, nextCommand: REPAIR, isLenient }];
  }
  const collation = found.collation?.toLowerCase() ?? '';
  if (!definition.includes('{{key_collation}}') || KEY_COLLATIONS.includes(collation)) return [];
  const remedy = modifyColumn(made, column);
  return [{ description: `${name} is ${collation}`, remedy, nextCommand: RECONCILE, isLenient: false }];
}

/** Confirms that something is missing: rights on single columns hide the others from information_schema. */
async function isCertain(session: Session, { missing }: SchemaAlteration): Promise<boolean> {
  if (missing === undefined) return true;
  const column = missing.column === undefined ? '1' : `\`${missing.column}\``;
  try {
    await session.select(`SELECT ${column} FROM \`${missing.table}\` LIMIT 0`);
    return false;
  } catch (error) {
    return [NO_TABLE, NO_COLUMN].includes(errnoOf(error) ?? 0);
  }
}
