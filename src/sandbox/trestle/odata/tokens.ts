import { QueryError } from './error.ts';

export type Token =
  | { readonly kind: 'text' | 'instant' | 'date' | 'number' | 'word'; readonly value: string }
  | { readonly kind: '(' | ')' | ','; readonly value: string };

const TOKEN =
  /\s*(?:'(?<text>(?:[^']|'')*)'|(?<instant>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d))|(?<date>\d{4}-\d\d-\d\d)(?!\d)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.:])|(?<word>[A-Za-z_@$][\w@$]*(?:\/[\w$]+)*)|(?<mark>[(),]))/uy;

/** Splits a filter into words, literals and punctuation. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const end = filter.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(filter)?.groups;
    if (groups === undefined) throw new QueryError(`Syntax error at position ${from} in '${filter}'.`);
    tokens.push(toToken(groups));
  }
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): Token {
  if (groups['text'] !== undefined) return { kind: 'text', value: groups['text'].replaceAll("''", "'") };
  for (const kind of ['instant', 'date', 'number', 'word'] as const) {
    const value = groups[kind];
    if (value !== undefined) return { kind, value };
  }
  const mark = groups['mark'];
  return mark === '(' || mark === ')' ? { kind: mark, value: mark } : { kind: ',', value: ',' };
}
