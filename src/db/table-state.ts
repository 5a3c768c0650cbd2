import type { ActualColumn } from './column-fit.ts';
import { placeholders } from './placeholders.ts';
import type { Session } from './pool.ts';

/** A table as it exists in the database. */
export type ActualTable = {
  /** `BASE TABLE`, `VIEW`, MariaDB's `SYSTEM VERSIONED` … */
  readonly kind: string;
  readonly engine: string | null;
  readonly isPartitioned: boolean;
  readonly columns: ReadonlyMap<string, ActualColumn>;
  readonly indexes: ReadonlyMap<string, ActualIndex>;
};

export type ActualIndex = {
  readonly isUnique: boolean;
  /** In index order; undefined if only a prefix or an expression is indexed. */
  readonly columns: readonly (string | undefined)[];
};

type ColumnRow = ActualColumn & { readonly table: string; readonly name: string };
type TableRow = {
  readonly name: string;
  readonly kind: string;
  readonly engine: string | null;
  readonly options: string | null;
};
type IndexColumnRow = {
  readonly table: string;
  readonly name: string;
  readonly non_unique: number | string;
  readonly column_name: string | null;
  readonly prefix: number | string | null;
};

/** Takes three statements. Omits tables and columns that the user may not see. */
export async function readTables(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, ActualTable>> {
  const within = `table_schema = DATABASE() AND table_name IN (${placeholders(names.length)})`;
  const tables = await session.select<TableRow>(
    'SELECT table_name AS name, table_type AS kind, engine AS engine, create_options AS options ' +
      `FROM information_schema.tables WHERE ${within}`,
    names,
  );
  const columns = await session.select<ColumnRow>(
    'SELECT table_name AS `table`, column_name AS name, column_type AS type, is_nullable AS nullable, ' +
      `extra AS extra, collation_name AS collation FROM information_schema.columns WHERE ${within}`,
    names,
  );
  const indexes = await session.select<IndexColumnRow>(
    'SELECT table_name AS `table`, index_name AS name, non_unique AS non_unique, column_name AS column_name, ' +
      `sub_part AS prefix FROM information_schema.statistics WHERE ${within} ` +
      'ORDER BY table_name, index_name, seq_in_index',
    names,
  );
  return new Map(
    tables.map(({ name, kind, engine, options }) => {
      const own = columns.filter(({ table }) => table === name);
      return [
        name,
        {
          kind,
          engine,
          isPartitioned: /partitioned/i.test(options ?? ''),
          columns: new Map(own.map((column) => [column.name, column])),
          indexes: indexesOf(indexes.filter(({ table }) => table === name)),
        },
      ];
    }),
  );
}

function indexesOf(rows: readonly IndexColumnRow[]): Map<string, ActualIndex> {
  const found = new Map<string, ActualIndex>();
  for (const { name, non_unique, column_name, prefix } of rows) {
    const column = prefix === null ? (column_name ?? undefined) : undefined;
    const columns = [...(found.get(name)?.columns ?? []), column];
    found.set(name, { isUnique: Number(non_unique) === 0, columns });
  }
  return found;
}
