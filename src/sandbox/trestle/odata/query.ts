import type { EntitySet } from '../sets.ts';
import { childrenOf } from '../sets.ts';
import { notInMetadataError, QueryError } from './error.ts';
import type { Expression } from './expression.ts';
import { parseFilter } from './filter.ts';
import { type SortOrder, parseOrder } from './order.ts';

/** The parsed and checked options of a query. */
export type ODataQuery = {
  readonly set: EntitySet;
  readonly filter: Expression | undefined;
  readonly order: SortOrder;
  readonly select: readonly string[] | undefined;
  readonly expand: readonly ODataQuery[];
  readonly top: number | undefined;
  readonly skip: number;
  readonly count: boolean;
  readonly replication: boolean;
  /** Whether enums are returned as display names. */
  readonly pretty: boolean;
};

export type QueryPairs = readonly (readonly [name: string, value: string])[];

const KNOWN = new Set([
  '$filter',
  '$orderby',
  '$select',
  '$expand',
  '$top',
  '$skip',
  '$count',
  'replication',
  'PrettyEnums',
]);
const NESTED = new Set(['$filter', '$orderby', '$select', '$top', '$skip']);

/** Parses a query's options; refuses those that the server does not support. */
export function parseQuery(
  options: QueryPairs,
  set: EntitySet,
  known: ReadonlySet<string> = KNOWN,
): ODataQuery {
  const given = new Map<string, string>();
  for (const [name, value] of options) {
    if (!known.has(name)) throw new QueryError(`The query option '${name}' is not supported.`);
    if (given.has(name)) throw new QueryError(`Query option '${name}' was specified more than once.`);
    given.set(name, value);
  }
  const part = <T>(name: string, read: (text: string) => T): T | undefined =>
    given.has(name) ? read(given.get(name)!) : undefined;
  const expand = part('$expand', (text) => parseExpand(text, set)) ?? [];
  const query: ODataQuery = {
    set,
    filter: part('$filter', (text) => parseFilter(text, set)),
    order: part('$orderby', (text) => parseOrder(text, set)),
    select: part('$select', (text) => parseSelect(text, set)),
    expand,
    top: part('$top', (text) => parseWholeNumber('$top', text)),
    skip: part('$skip', (text) => parseWholeNumber('$skip', text)) ?? 0,
    count: part('$count', (text) => parseBoolean('$count', text)) ?? false,
    replication: part('replication', (text) => parseBoolean('replication', text)) ?? false,
    pretty: part('PrettyEnums', (text) => parseBoolean('PrettyEnums', text)) ?? false,
  };
  if (query.replication && given.has('$skip'))
    throw new QueryError('$skip is not supported with replication.');
  return query;
}

/** Whether pages of up to 300,000 rows are allowed. */
export function selectsIndexFieldsOnly(query: ODataQuery): boolean {
  return (
    query.expand.length === 0 && (query.select?.every((name) => query.set.indexFields.has(name)) ?? false)
  );
}

function parseSelect(text: string, set: EntitySet): string[] {
  const names = new Set(text.split(',').map((name) => name.trim()));
  for (const child of childrenOf(set)) names.delete(child.parent!.link);
  for (const name of names) if (!set.fields.has(name)) throw notInMetadataError(name, set.name);
  return [...names];
}

function parseExpand(text: string, set: EntitySet): ODataQuery[] {
  return splitTopLevel(text, ',').map((item) => {
    const match = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(item);
    const child = childrenOf(set).find(({ parent }) => parent!.link === match?.[1]);
    if (match === null || child === undefined) throw notInMetadataError(match?.[1] ?? item, set.name);
    const options = match[2] === undefined ? [] : splitTopLevel(match[2], ';');
    const pairs = options.map((option) => {
      const equals = option.indexOf('=');
      return [option.slice(0, equals).trim(), option.slice(equals + 1)] as const;
    });
    return parseQuery(pairs, child, NESTED);
  });
}

/** Splits at a mark outside of parentheses and quotes. */
function splitTopLevel(text: string, mark: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const char of text) {
    if (char === "'") quoted = !quoted;
    else if (!quoted) depth += char === '(' ? 1 : char === ')' ? -1 : 0;
    if (char === mark && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function parseWholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new QueryError(`Invalid value '${text}' for ${name}.`);
  return Number(text);
}

function parseBoolean(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new QueryError(`Invalid value '${text}' for ${name}.`);
  return text === 'true';
}
