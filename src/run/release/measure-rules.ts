import type { QualityRule, ReleaseTable } from '../../dataset/release-table.ts';
import type { Session, SqlValue } from '../../db/pool.ts';
import { percentOf } from '../../lib/number.ts';
import { quote } from '../../load/statement.ts';
import type { ImportCheck } from '../../record/import-quality.ts';

export type Measured = {
  readonly rows: number;
  /** The quoted name of a table of this release, by its name in the layout. */
  readonly nameOf: (table: string) => string;
  /** Whether the published release has this table. */
  readonly hadTable: boolean;
};

/**
 * Measures the rules of a table with SQL: the share of rows that break each, in percent. One scan measures all rules that
 * look at one row.
 */
export async function measureRules(
  session: Session,
  table: ReleaseTable,
  { rows, nameOf, hadTable }: Measured,
): Promise<ImportCheck[]> {
  const rules = table.rules.filter(({ kind }) => kind !== 'nulls' || hadTable);
  if (rows === 0 || rules.length === 0) return [];
  const own = nameOf(table.name);
  const rowRules = rules.filter(isRowRule);
  const counts = await countRows(session, own, rowRules.map(testRow));
  const broken = new Map<QualityRule, number>(rowRules.map((rule, nth) => [rule, counts[nth]!]));
  const checks: ImportCheck[] = [];
  for (const rule of rules) {
    const count = isRowRule(rule) ? broken.get(rule)! : await countBroken(session, own, rule, nameOf);
    const share = percentOf(count, rows);
    if (rule.kind === 'nulls') {
      const before = await readNullShare(session, quote(table.table), rule.column);
      checks.push(describe(table, rule, Math.max(0, share - before), rule.maxGrowth, rows));
    } else checks.push(describe(table, rule, share, rule.maxPercent, rows));
  }
  return checks;
}

/** A condition that is true for the rows that break a rule. */
type RowTest = { readonly sql: string; readonly values: readonly SqlValue[] };

/** Counts the rows for which each condition is true, in one scan. */
async function countRows(session: Session, table: string, tests: readonly RowTest[]): Promise<number[]> {
  if (tests.length === 0) return [];
  const sums = tests.map(({ sql }, nth) => `COALESCE(SUM(${sql}), 0) AS n${nth}`);
  const [row] = await session.select<Readonly<Record<string, string | number>>>(
    `SELECT ${sums.join(', ')} FROM ${table}`,
    tests.flatMap(({ values }) => values),
  );
  return tests.map((_, nth) => Number(row?.[`n${nth}`] ?? 0));
}

/** Reads the share of NULLs in a column, in percent. */
async function readNullShare(session: Session, table: string, column: string): Promise<number> {
  const [nulls, rows] = (await countRows(session, table, [testNull(column), { sql: '1', values: [] }])) as [
    number,
    number,
  ];
  return percentOf(nulls, rows);
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

function testNull(column: string): RowTest {
  return { sql: `${quote(column)} IS NULL`, values: [] };
}

/** A rule that compares rows. */
type TableRule = Extract<QualityRule, { readonly kind: 'unique' | 'reference' }>;

/** A rule that looks at one row. */
type RowRule = Exclude<QualityRule, TableRule>;

function isRowRule(rule: QualityRule): rule is RowRule {
  return rule.kind !== 'unique' && rule.kind !== 'reference';
}

/** Returns the condition that is true for the rows that break a rule. */
function testRow(rule: RowRule): RowTest {
  switch (rule.kind) {
    case 'required':
    case 'nulls':
      return testNull(rule.column);
    case 'range': {
      const column = quote(rule.column);
      const tests = [
        ...(rule.min === undefined ? [] : [`${column} < ?`]),
        ...(rule.max === undefined ? [] : [`${column} > ?`]),
      ];
      return {
        sql: `(${tests.join(' OR ')})`,
        values: [rule.min, rule.max].flatMap((limit) => (limit === undefined ? [] : [String(limit)])),
      };
    }
    case 'pattern':
      return { sql: `${quote(rule.column)} NOT REGEXP ?`, values: [rule.pattern] };
  }
}

/** Counts the rows that break a rule that compares rows. */
async function countBroken(
  session: Session,
  own: string,
  rule: TableRule,
  nameOf: (table: string) => string,
): Promise<number> {
  const [row] = await session.select<{ n: string | number | null }>(findBroken(own, rule, nameOf));
  return Number(row?.n ?? 0);
}

function findBroken(own: string, rule: TableRule, nameOf: (table: string) => string): string {
  if (rule.kind === 'unique') {
    const columns = rule.columns.map(quote).join(', ');
    return `SELECT COALESCE(SUM(n - 1), 0) AS n FROM (SELECT COUNT(*) AS n FROM ${own} GROUP BY tax_year, ${columns} HAVING COUNT(*) > 1) AS repeated`;
  }
  const joins = rule.columns.map((column, nth) => `other.${quote(rule.to[nth]!)} = own.${quote(column)}`);
  const isSet = rule.columns.map((column) => `own.${quote(column)} IS NOT NULL`);
  return (
    `SELECT COUNT(*) AS n FROM ${own} AS own WHERE ${isSet.join(' AND ')} AND NOT EXISTS ` +
    `(SELECT 1 FROM ${nameOf(rule.table)} AS other WHERE ${joins.join(' AND ')})`
  );
}
