import { parsePreciseInstant } from '../instant.ts';
import { RawNumber, type FieldValue } from '../record.ts';
import type { EntitySet } from '../sets.ts';
import type { TableEntry } from '../table.ts';
import type { Comparable, Expression, ComparisonOperator } from './expression.ts';
import { kindOf } from './literal.ts';

export type Predicate = (entry: TableEntry) => boolean;
export type FieldReader = (entry: TableEntry) => Comparable;

/** Creates a function that reads a field's value for comparisons. A value of a wrong type counts as null. */
export function createReader(field: string, set: EntitySet): FieldReader {
  if (field === set.cursor) return ({ at }) => (at === -Infinity ? null : at);
  const kind = kindOf(set.fields.get(field)!);
  if (kind === 'number') return ({ record }) => numberOf(record[field]);
  if (kind === 'boolean') return ({ record }) => (typeof record[field] === 'boolean' ? record[field] : null);
  if (kind === 'instant') return (entry) => readInstant(entry, field);
  return ({ record }) => (typeof record[field] === 'string' ? record[field] : null);
}

/** Parses it once: to sort 100,000 entries, each is compared 17 times. */
function readInstant(entry: TableEntry, field: string): number | null {
  const known = entry.instants?.get(field);
  if (known !== undefined) return known;
  const text = entry.record[field];
  const instant = typeof text === 'string' ? (parsePreciseInstant(text) ?? null) : null;
  entry.instants ??= new Map();
  entry.instants.set(field, instant);
  return instant;
}

/** Compiles a filter to a function. A comparison with null is false, except for `eq` and `ne`. */
export function createPredicate(expression: Expression, set: EntitySet): Predicate {
  if (expression.kind === 'and' || expression.kind === 'or') {
    const parts = expression.of.map((part) => createPredicate(part, set));
    return expression.kind === 'and'
      ? (entry) => parts.every((part) => part(entry))
      : (entry) => parts.some((part) => part(entry));
  }
  if (expression.kind === 'not') {
    const inner = createPredicate(expression.of, set);
    return (entry) => !inner(entry);
  }
  const read = createReader(expression.field, set);
  if (expression.kind === 'compare') return createComparison(read, expression.test, expression.value);
  if (expression.kind === 'in') {
    const values = new Set(expression.values);
    return (entry) => values.has(read(entry));
  }
  const { kind, part } = expression;
  const method = kind === 'contains' ? 'includes' : kind === 'startswith' ? 'startsWith' : 'endsWith';
  return (entry) => {
    const text = read(entry);
    return typeof text === 'string' && text[method](part);
  };
}

function createComparison(read: FieldReader, test: ComparisonOperator, value: Comparable): Predicate {
  if (test === 'eq') return (entry) => read(entry) === value;
  if (test === 'ne') return (entry) => read(entry) !== value;
  if (value === null) return () => false;
  const check = {
    gt: (found: Comparable) => found! > value,
    ge: (found: Comparable) => found! >= value,
    lt: (found: Comparable) => found! < value,
    le: (found: Comparable) => found! <= value,
  }[test];
  return (entry) => {
    const found = read(entry);
    return found !== null && check(found);
  };
}

function numberOf(value: FieldValue | undefined): number | null {
  if (value instanceof RawNumber) return Number(value.text);
  return typeof value === 'number' ? value : null;
}
