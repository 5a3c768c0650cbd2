import type { QualityRule, ReleaseTable } from '../../dataset/release-table.ts';
import type { Session, SqlValue } from '../../db/pool.ts';
import { quote } from '../../load/statement.ts';
import type { ImportCheck } from '../../record/import-quality.ts';

export type Measured = {
  readonly rows: number;
  /** The quoted name of a table of this release, by its name in the layout. */
  readonly nameOf: (table: string) => string;
  /** Whether the published release has this table. */
  readonly hadTable: boolean;
};

/** Measures the rules of a table with SQL: the share of rows that break each, in percent. */
export async function measureRules(
  session: Session,
  table: ReleaseTable,
  { rows, nameOf, hadTable }: Measured,
): Promise<ImportCheck[]> {
  const checks: ImportCheck[] = [];
  if (rows === 0) return checks;
  const own = nameOf(table.name);
  const count = async (sql: string, values: readonly SqlValue[] = []): Promise<number> => {
    const [row] = await session.select<{ n: string | number | null }>(sql, values);
    return Number(row?.n ?? 0);
  };
  for (const rule of table.rules) {
    if (rule.kind === 'nulls') {
      if (!hadTable) continue;
      const now = (100 * (await count(countNulls(own, rule.column)))) / rows;
      const all = await count(`SELECT COUNT(*) AS n FROM ${quote(table.table)}`);
      const before = all === 0 ? 0 : (100 * (await count(countNulls(quote(table.table), rule.column)))) / all;
      checks.push(describe(table, rule, Math.max(0, now - before), rule.maxGrowth, rows));
      continue;
    }
    const { sql, values } = countBroken(own, rule, nameOf);
    checks.push(describe(table, rule, (100 * (await count(sql, values))) / rows, rule.maxPercent, rows));
  }
  return checks;
}

function describe(
  { table }: ReleaseTable,
  rule: QualityRule,
  found: number,
  allowed: number,
  rows: number,
): ImportCheck {
  return {
    table,
    rule: nameRule(rule),
    found,
    allowed,
    isFailed: found > allowed,
    detail: `of ${rows} rows, in percent`,
  };
}

function nameRule(rule: QualityRule): string {
  if (rule.kind === 'unique') return `unique ${rule.columns.join(', ')}`;
  if (rule.kind === 'reference') return `reference ${rule.columns.join(', ')} to ${rule.table}`;
  return `${rule.kind} ${rule.column}`;
}

function countNulls(table: string, column: string): string {
  return `SELECT COUNT(*) AS n FROM ${table} WHERE ${quote(column)} IS NULL`;
}

function countBroken(
  own: string,
  rule: Exclude<QualityRule, { kind: 'nulls' }>,
  nameOf: (table: string) => string,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  switch (rule.kind) {
    case 'required':
      return { sql: countNulls(own, rule.column), values: [] };
    case 'range': {
      const column = quote(rule.column);
      const tests = [
        ...(rule.min === undefined ? [] : [`${column} < ?`]),
        ...(rule.max === undefined ? [] : [`${column} > ?`]),
      ];
      return {
        sql: `SELECT COUNT(*) AS n FROM ${own} WHERE ${tests.join(' OR ')}`,
        values: [rule.min, rule.max].flatMap((limit) => (limit === undefined ? [] : [String(limit)])),
      };
    }
    case 'pattern':
      return {
        sql: `SELECT COUNT(*) AS n FROM ${own} WHERE ${quote(rule.column)} NOT REGEXP ?`,
        values: [rule.pattern],
      };
    case 'unique': {
      const columns = rule.columns.map(quote).join(', ');
      return {
        sql: `SELECT COALESCE(SUM(n - 1), 0) AS n FROM (SELECT COUNT(*) AS n FROM ${own} GROUP BY tax_year, ${columns} HAVING COUNT(*) > 1) AS repeated`,
        values: [],
      };
    }
    case 'reference': {
      const joins = rule.columns.map((column, nth) => `other.${quote(rule.to[nth]!)} = own.${quote(column)}`);
      const isSet = rule.columns.map((column) => `own.${quote(column)} IS NOT NULL`);
      return {
        sql:
          `SELECT COUNT(*) AS n FROM ${own} AS own WHERE ${isSet.join(' AND ')} AND NOT EXISTS ` +
          `(SELECT 1 FROM ${nameOf(rule.table)} AS other WHERE ${joins.join(' AND ')})`,
        values: [],
      };
    }
  }
}
