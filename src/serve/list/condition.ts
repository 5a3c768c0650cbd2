import type { SqlValue } from '../../db/pool.ts';

/** A condition of a WHERE. Every value of a request is bound. */
export type Condition = { readonly sql: string; readonly values: readonly SqlValue[] };

/** Joins conditions; `1 = 1` if there are none. */
export function joinConditions(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? '1 = 1' : conditions.map(({ sql }) => `(${sql})`).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}

/** @returns no condition if the value is undefined. */
export function compare(
  column: string,
  operator: '=' | '>=' | '<=' | '>' | '<',
  value: string | undefined,
): Condition[] {
  return value === undefined ? [] : [{ sql: `${column} ${operator} ?`, values: [value] }];
}

export function isOneOf(column: string, values: readonly string[] | undefined): Condition[] {
  return values === undefined ? [] : [{ sql: `${column} IN (${values.map(() => '?').join(', ')})`, values }];
}

/** Whether one of the columns contains the text, without regard to case; % and _ have no meaning. */
export function contains(columns: readonly string[], text: string | undefined): Condition[] {
  if (text === undefined) return [];
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`;
  return [
    {
      sql: columns.map((column) => `${column} LIKE ? ESCAPE '!'`).join(' OR '),
      values: columns.map(() => pattern),
    },
  ];
}
