import type { SqlValue } from '../../db/pool.ts';
import type { DerivedAggregate, DerivedTable } from '../../dataset/derived-table.ts';
import { quote } from '../statement.ts';
import { TAX_YEAR } from './create-table.ts';

type Aggregate = DerivedAggregate & { readonly target: string };

/**
 * Returns the statement that fills a derived table.
 * @param name the derived table. @param nameOf the quoted name of a table, by its name in the layout.
 * @param isUnique whether the base table has one row for each key; otherwise the smallest value of each column is taken.
 */
export function fillDerived(
  { table, base, key, values }: DerivedTable,
  name: string,
  nameOf: (table: string) => string,
  isUnique: boolean,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const bound: string[] = [];
  const aggregates: Aggregate[] = values.flatMap((value, nth) =>
    value.kind === 'aggregate' ? [{ ...value, target: table.columns[nth + 1]!.column }] : [],
  );
  const groups = groupByTable(aggregates);
  const joins = groups.map((group, nth) => joinGroup(group, `g${nth}`, nameOf, bound));
  const places = new Map(
    groups.flatMap((group, nth) => group.map((each) => [each.target, `g${nth}`] as const)),
  );
  const selected = values.map((value, nth) => {
    const column = quote(table.columns[nth + 1]!.column);
    if (value.kind === 'null') return 'NULL';
    if (value.kind === 'aggregate') return `${places.get(table.columns[nth + 1]!.column)}.${column}`;
    return `base.${quote(value.column)}`;
  });
  const once = (sql: string): string => (isUnique || sql === 'NULL' ? sql : `MIN(${sql})`);
  const columns = [TAX_YEAR, ...table.columns.map(({ column }) => column)].map(quote).join(', ');
  const own = `base.${quote(TAX_YEAR)}, base.${quote(key)}`;
  return {
    sql:
      `INSERT INTO ${quote(name)} (${columns}) SELECT ${[own, ...selected.map(once)].join(', ')} ` +
      `FROM ${nameOf(base)} AS base ${joins.join(' ')}${isUnique ? '' : ` GROUP BY ${own}`}`,
    values: bound,
  };
}

function groupByTable(aggregates: readonly Aggregate[]): Aggregate[][] {
  const groups = new Map<string, Aggregate[]>();
  for (const each of aggregates) {
    const id = `${each.table}\t${each.key}`;
    groups.set(id, [...(groups.get(id) ?? []), each]);
  }
  return [...groups.values()];
}

/** Joins what one other table has for each key. */
function joinGroup(
  group: readonly Aggregate[],
  alias: string,
  nameOf: (table: string) => string,
  bound: string[],
): string {
  const { table, key } = group[0]!;
  const own = `${quote(TAX_YEAR)}, ${quote(key)}`;
  const columns = group.map((each) => `${aggregate(each, bound)} AS ${quote(each.target)}`);
  return (
    `LEFT JOIN (SELECT ${own}, ${columns.join(', ')} FROM ${nameOf(table)} GROUP BY ${own}) AS ${alias} ` +
    `ON ${alias}.${quote(TAX_YEAR)} = base.${quote(TAX_YEAR)} AND ${alias}.${quote(key)} = base.${quote(key)}`
  );
}

function aggregate({ function: name, column, only }: DerivedAggregate, bound: string[]): string {
  const tests = Object.entries(only).map(([each, accepted]) => {
    bound.push(...accepted);
    return `${quote(each)} IN (${accepted.map(() => '?').join(', ')})`;
  });
  const value = column === undefined ? '1' : quote(column);
  return `${name.toUpperCase()}(${tests.length === 0 ? value : `CASE WHEN ${tests.join(' AND ')} THEN ${value} END`})`;
}
