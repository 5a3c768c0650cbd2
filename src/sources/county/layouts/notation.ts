import type { ColumnKind } from './layout.ts';

const KINDS: readonly ColumnKind[] = [
  'account',
  'code',
  'text',
  'flag',
  'integer',
  'money',
  'number',
  'year',
  'date',
];

/** Kinds that are stored as text, and therefore have a length. */
const TEXT_KINDS: ReadonlySet<ColumnKind> = new Set(['account', 'code', 'text', 'flag']);

/** Characters that fit in a row of MySQL at four bytes each. */
const MAX_LENGTH = 16_383;

export type ColumnType = {
  readonly kind: ColumnKind;
  readonly length: number | undefined;
  readonly span: { readonly start: number; readonly end: number } | undefined;
};

/**
 * Parses the type of a column as layout files write it: `account 13`, `money`, or with the positions of a fixed line, the
 * first of which is 1: `1-12 integer`.
 * @returns what is wrong with it, as a sentence's end, if it cannot be parsed.
 */
export function parseColumnType(text: string): ColumnType | string {
  const match = /^(?:(\d{1,7})-(\d{1,7}) +)?([a-z]+)(?: +(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return 'is not a type such as "text 50", "money" or "1-12 integer"';
  const [, first, last, word, digits] = match;
  const kind = KINDS.find((each) => each === word);
  if (kind === undefined) return `has the unknown kind "${word}"; the kinds are ${KINDS.join(', ')}`;
  const span = first === undefined ? undefined : { start: Number(first) - 1, end: Number(last) };
  if (span !== undefined && (span.start < 0 || span.end <= span.start))
    return `has the positions ${first}-${last}, which are not a range from 1`;
  if (!TEXT_KINDS.has(kind)) return { kind, length: undefined, span };
  const length = digits === undefined ? (span === undefined ? 1 : span.end - span.start) : Number(digits);
  if (digits === undefined && span === undefined && kind !== 'flag')
    return `needs a length, such as "${kind} 50"`;
  if (length < 1 || length > MAX_LENGTH) return `has the length ${length}; it can be 1 to ${MAX_LENGTH}`;
  return { kind, length, span };
}

/** The column for a publisher's name, in snake case: `Neighborhood_Code` becomes `neighborhood_code`. */
export function columnFor(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
}
