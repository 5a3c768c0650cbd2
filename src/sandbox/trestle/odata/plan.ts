import type { Expression } from './expression.ts';

/** A range of instants, both ends included. */
export type TimeSpan = { readonly from: number; readonly to: number };

const ALL_TIME: TimeSpan = { from: -Infinity, to: Infinity };

/** The range of instants in which rows can match: a keyset page starts there instead of scanning all rows. */
export function spanOf(expression: Expression | undefined, cursor: string | undefined): TimeSpan {
  if (expression?.kind === 'and' || expression?.kind === 'or') {
    const spans = expression.of.map((part) => spanOf(part, cursor));
    const [outer, inner] = expression.kind === 'and' ? [Math.max, Math.min] : [Math.min, Math.max];
    return { from: outer(...spans.map((span) => span.from)), to: inner(...spans.map((span) => span.to)) };
  }
  if (expression?.kind !== 'compare' || expression.field !== cursor) return ALL_TIME;
  if (typeof expression.value !== 'number') return ALL_TIME;
  const { test, value } = expression;
  if (test === 'eq') return { from: value, to: value };
  if (test === 'gt' || test === 'ge') return { from: value, to: Infinity };
  return test === 'ne' ? ALL_TIME : { from: -Infinity, to: value };
}

/** The values of a field that the filter limits rows to, if it lists them: an index can then find the rows. */
export function valuesOf(expression: Expression | undefined, field: string): Set<string> | undefined {
  if (expression?.kind === 'and') {
    for (const part of expression.of) {
      const values = valuesOf(part, field);
      if (values !== undefined) return values;
    }
  }
  if (expression?.kind === 'or') {
    const parts = expression.of.map((part) => valuesOf(part, field));
    if (parts.includes(undefined)) return undefined;
    return new Set(parts.flatMap((part) => Array.from(part ?? [])));
  }
  if (expression?.kind === 'in' && expression.field === field) return toTextSet(expression.values);
  if (expression?.kind === 'compare' && expression.field === field && expression.test === 'eq')
    return toTextSet([expression.value]);
  return undefined;
}

function toTextSet(values: readonly unknown[]): Set<string> | undefined {
  const found = values.filter((value) => typeof value === 'string');
  return found.length === values.length ? new Set(found) : undefined;
}
