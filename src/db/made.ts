import { readSteps, VERSIONS } from './steps.ts';

/** A table as `sql/` makes it. */
export type MadeTable = {
  readonly name: string;
  /** Column → definition, `DECIMAL(14,2) NULL`; `{{key_collation}}` stands for the server's collation of keys. */
  readonly columns: ReadonlyMap<string, string>;
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Other indexes: name → columns. */
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  /** Collation of texts without their own. */
  readonly collation: string;
};

type Draft = {
  name: string;
  columns: Map<string, string>;
  key: readonly string[];
  indexes: Map<string, readonly string[]>;
  collation: string;
};

const CREATE = /^CREATE TABLE IF NOT EXISTS (\w+) \((.*)\) ENGINE = InnoDB (.*)$/s;
const ALTER = /^ALTER TABLE (\w+)\s(.*)$/s;

/** All tables of `sql/`, after its last step, and the table of its versions. */
export function madeTables(): MadeTable[] {
  const statements = readSteps().flatMap((step) => step.statements);
  return [...tablesOf([VERSIONS, ...statements]).values()];
}

/** @throws Error for a statement that it does not understand: a mistake in `sql/`. */
export function tablesOf(statements: readonly string[]): Map<string, MadeTable> {
  const tables = new Map<string, Draft>();
  for (const statement of statements) {
    const [, created, body = '', options = ''] = CREATE.exec(statement) ?? [];
    const [, altered = '', changes = ''] = ALTER.exec(statement) ?? [];
    if (created !== undefined) {
      const collation = / COLLATE = (\w+)/.exec(` ${options}`)?.[1] ?? '';
      tables.set(created, { name: created, columns: new Map(), key: [], indexes: new Map(), collation });
    }
    const table = tables.get(created ?? altered);
    if (table !== undefined)
      for (const part of partsOf(created === undefined ? changes : body)) apply(table, part);
    else if (!statement.startsWith('CREATE SQL SECURITY INVOKER VIEW ')) {
      throw new Error(`sql/ has a statement that is not understood: ${statement.slice(0, 80)}`);
    }
  }
  return tables;
}

function apply(table: Draft, part: string): void {
  if (part === 'DROP PRIMARY KEY') return;
  const [, name, columns = ''] = /^(?:ADD )?(?:PRIMARY )?KEY (?:(\w+) )?\((.*)\)$/.exec(part) ?? [];
  if (/^(?:ADD )?PRIMARY KEY /.test(part)) table.key = names(columns);
  else if (name !== undefined) table.indexes.set(name, names(columns));
  else {
    const [, column, definition] = /^(?:ADD COLUMN )?`?(\w+)`? ([A-Z]+\b.*)$/.exec(part) ?? [];
    if (column === undefined || definition === undefined || /^(?:ADD|DROP|MODIFY|CHANGE)$/.test(column))
      throw new Error(`sql/ has a part that is not understood: ${table.name}: ${part.slice(0, 80)}`);
    table.columns.set(column, definition);
  }
}

function names(columns: string): string[] {
  return columns.split(',').map((name) => name.trim().replaceAll('`', ''));
}

/** Splits at the commas that are outside of brackets. */
function partsOf(list: string): string[] {
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
