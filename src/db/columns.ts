import type { Session } from './pool.ts';

export type Column = {
  readonly name: string;
  /** As MySQL 8 prints it: `varchar(500)`, `int`, `datetime(3)`. */
  readonly type: string;
  /** Whether an INSERT must name it. */
  readonly isRequired: boolean;
  /** Empty if the column is not text. */
  readonly collation: string;
};

/** Reads the columns of a table, in order; empty if the table does not exist. */
export async function readColumns(session: Session, table: string): Promise<Column[]> {
  const rows = await session.select<{
    name: string;
    type: string;
    nullable: string;
    preset: string | null;
    extra: string;
    collation: string | null;
  }>(
    'SELECT column_name AS name, column_type AS type, is_nullable AS nullable, column_default AS preset, extra AS extra, ' +
      'collation_name AS collation FROM information_schema.columns ' +
      'WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position',
    [table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: stripIntegerWidth(row.type),
    isRequired: row.nullable === 'NO' && row.preset === null && !/generated/i.test(row.extra),
    collation: row.collation ?? '',
  }));
}

/** MariaDB and TiDB report a width that MySQL no longer has: `int(11)`. */
function stripIntegerWidth(type: string): string {
  return type.toLowerCase().replace(/^((?:small|medium|big)?int)\(\d+\)/, '$1');
}

/** Reads the names of a table's indexes, in lower case. */
export async function readIndexes(session: Session, table: string): Promise<Set<string>> {
  const rows = await session.select<{ name: string }>(
    'SELECT DISTINCT index_name AS name FROM information_schema.statistics ' +
      'WHERE table_schema = DATABASE() AND table_name = ?',
    [table],
  );
  return new Set(rows.map((row) => row.name.toLowerCase()));
}

/** Reads the nullable columns in unique indexes. The user created those: trestle-etl has no unique index but the primary key. */
export async function readUniqueColumns(session: Session, table: string): Promise<string[]> {
  const rows = await session.select<{ name: string }>(
    'SELECT DISTINCT column_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE() ' +
      "AND table_name = ? AND non_unique = 0 AND index_name <> 'PRIMARY' AND nullable = 'YES' AND column_name IS NOT NULL",
    [table],
  );
  return rows.map((row) => row.name);
}
