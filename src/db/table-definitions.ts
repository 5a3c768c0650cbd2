import { readSteps, CREATE_VERSIONS_TABLE } from './migration-steps.ts';

/** A table as `sql/` defines it. */
export type TableDefinition = {
  readonly name: string;
  /** Column → definition, `DECIMAL(14,2) NULL`; `{{key_collation}}` is a placeholder for the server's key collation. */
  readonly columns: ReadonlyMap<string, string>;
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Other indexes: name → columns. */
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  /** The names of those that are unique. */
  readonly unique: ReadonlySet<string>;
  /** Collation of text columns that name none. */
  readonly collation: string;
};

type TableDraft = {
  name: string;
  columns: Map<string, string>;
  key: readonly string[];
  indexes: Map<string, readonly string[]>;
  unique: Set<string>;
  collation: string;
};

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+) \((.*)\) ENGINE = InnoDB (.*)$/s;
const VIEW = /^CREATE (?:OR REPLACE )?SQL SECURITY INVOKER VIEW /;
const ALTER = /^ALTER TABLE (\w+)\s(.*)$/s;

/** Reads all tables of `sql/` as they are after its last step, and the table of its versions. */
export function readTableDefinitions(): TableDefinition[] {
  const statements = readSteps().flatMap((step) => step.statements);
  return [...parseTableDefinitions([CREATE_VERSIONS_TABLE, ...statements]).values()];
}

/** @throws Error for an unsupported statement: a mistake in `sql/`. */
export function parseTableDefinitions(statements: readonly string[]): Map<string, TableDefinition> {
  const tables = new Map<string, TableDraft>();
  for (const statement of statements) {
    const [, created, body = '', options = ''] = CREATE.exec(statement) ?? [];
    const [, altered = '', changes = ''] = ALTER.exec(statement) ?? [];
    if (created !== undefined) {
      const collation = / COLLATE = (\w+)/.exec(` ${options}`)?.[1] ?? '';
      const [columns, indexes, unique] = [new Map(), new Map(), new Set<string>()];
      tables.set(created, { name: created, columns, key: [], indexes, unique, collation });
    }
    const table = tables.get(created ?? altered);
    if (table !== undefined)
      for (const part of splitParts(created === undefined ? changes : body)) applyPart(table, part);
    else if (!VIEW.test(statement)) {
      throw new Error(`sql/ has an unsupported statement: ${statement.slice(0, 80)}`);
    }
  }
  return tables;
}

function applyPart(table: TableDraft, part: string): void {
  if (part === 'DROP PRIMARY KEY') return;
  const [, before, after] = /^RENAME COLUMN (\w+) TO (\w+)$/.exec(part) ?? [];
  if (before !== undefined && after !== undefined) return renameColumn(table, before, after);
  const [, name, columns = ''] = /^(?:ADD )?(?:PRIMARY |UNIQUE )?KEY (?:(\w+) )?\((.*)\)$/.exec(part) ?? [];
  if (/^(?:ADD )?PRIMARY KEY /.test(part)) table.key = parseNames(columns);
  else if (name !== undefined) {
    table.indexes.set(name, parseNames(columns));
    if (part.includes('UNIQUE KEY')) table.unique.add(name);
  } else {
    const [, column, definition] = /^(?:ADD COLUMN )?`?(\w+)`? ([A-Z]+\b.*)$/.exec(part) ?? [];
    if (
      column === undefined ||
      definition === undefined ||
      /^(?:ADD|DROP|MODIFY|CHANGE|RENAME)$/.test(column)
    )
      throw new Error(`sql/ has an unsupported part: ${table.name}: ${part.slice(0, 80)}`);
    table.columns.set(column, definition);
  }
}

/** @throws Error for a column that no earlier step makes: a mistake in `sql/`. */
function renameColumn(table: TableDraft, before: string, after: string): void {
  if (!table.columns.has(before)) throw new Error(`sql/ renames a column that is not there: ${before}`);
  const columns = [...table.columns].map(([name, definition]): [string, string] => [
    name === before ? after : name,
    definition,
  ]);
  table.columns = new Map(columns);
}

function parseNames(columns: string): string[] {
  return columns.split(',').map((name) => name.trim().replaceAll('`', ''));
}

/** Splits at commas outside brackets. */
function splitParts(list: string): string[] {
  const text = list.replaceAll(/\s+/g, ' ');
  const borders = [-1];
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/[(),]/g)) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (depth === 0) borders.push(index);
  }
  return borders.map((border, at) => text.slice(border + 1, borders[at + 1]).trim());
}
