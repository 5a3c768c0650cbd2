import { findNextLink } from '../api/pages/link.ts';
import { joinPath } from './find-list.ts';
import { isAddress, type Sample } from './sample.ts';

/** A guess of `page`, in its order in the entry. Undefined: nothing in the answer shows a next page. */
export type PageGuess = Readonly<Record<string, string>>;

type Value = { readonly path: string; readonly name: string; readonly value: unknown };

const MAX_DEPTH = 3;

/** Guesses how the next page is requested, from the names in an answer beside its records, and from the address. */
export function guessPage({ target, records, answer }: Sample): PageGuess | undefined {
  if (answer === undefined || !isAddress(target)) return undefined;
  if (findNextLink(answer.link) !== undefined) return { link: 'next' };
  const values = [...valuesIn(answer.value, '', MAX_DEPTH)];
  const find = (pattern: RegExp, isRight: (value: unknown) => boolean): Value | undefined =>
    values.find(({ name, value }) => pattern.test(name) && isRight(value));
  // The number of records of this page alone would end the read.
  const isTotal = (value: unknown): boolean => isCount(value) && value > records.length;
  const end = {
    ...named('total', find(/^(?:total|total_?(?:count|items|records|results)|count)$/i, isTotal)),
    ...named('more', find(/^(?:has_?(?:more|next)|more)(?:_?page)?$/i, isFlag)),
  };
  const next = find(/(?:^|[._])next(?:[._]?(?:link|url|page_url|href))?$/i, isText);
  if (next !== undefined && isLink(next.value)) return { next: next.path, ...end };
  const cursor = find(/cursor|(?:next|page|continuation)_?token|^next$/i, isText);
  if (cursor !== undefined) return { cursor: cursor.path, param: guessParameter(cursor.name), ...end };
  const query = new URL(target).searchParams;
  const size = guessSize([...query.keys()], values, records.length);
  const offset =
    nameIn(query, /^\$?(?:offset|skip|start)$/i) ?? find(/^(?:offset|skip|start)$/i, isCount)?.name;
  if (offset !== undefined) return { offset, ...firstOf(query, values, offset, '0'), ...size, ...end };
  const page =
    nameIn(query, /^(?:page|page_?(?:number|num|no))$/i) ??
    find(/^(?:page|page_?(?:number|num|no)|current_?page)$/i, isCount)?.name;
  if (page === undefined) return undefined;
  const number = page.replace(/^current_?/i, '').toLowerCase() === 'page' ? 'page' : page;
  return { number, ...firstOf(query, values, page, '1'), ...size, ...end };
}

/** What `page` could be if nothing shows a next page: the names follow a size that the address has. */
export function suggestPage({ target, records }: Sample): PageGuess {
  const size = isAddress(target)
    ? [...new URL(target).searchParams].find(
        ([name, value]) => /limit|size|top/i.test(name) && /^\d+$/.test(value),
      )
    : undefined;
  const [parameter = 'limit', number = String(Math.max(100, records.length))] = size ?? [];
  return { offset: parameter.startsWith('$') ? '$offset' : 'offset', size: number, size_param: parameter };
}

/** Values of an answer that are no lists. */
function* valuesIn(value: unknown, path: string, depth: number): Generator<Value> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === 0) return;
  for (const [name, each] of Object.entries(value)) {
    const own = joinPath(path, name);
    yield { path: own, name, value: each };
    yield* valuesIn(each, own, depth - 1);
  }
}

/** `next_cursor` is sent as `cursor`, and `nextPageToken` as `pageToken`. */
function guessParameter(name: string): string {
  const rest = name.replace(/^next_?/i, '');
  return rest === '' ? 'cursor' : `${rest[0]!.toLowerCase()}${rest.slice(1)}`;
}

function guessSize(query: readonly string[], values: readonly Value[], count: number): PageGuess {
  const pattern = /^\$?(?:limit|size|per_?page|page_?size|count|top)$/i;
  const parameter =
    query.find((name) => pattern.test(name)) ??
    values.find(({ name, value }) => pattern.test(name) && Number(value) === count)?.name;
  return parameter === undefined || count === 0 ? {} : { size: String(count), size_param: parameter };
}

/** `from`, if the first page has another number than usual. */
function firstOf(query: URLSearchParams, values: readonly Value[], name: string, usual: string): PageGuess {
  const sent = values.find((each) => each.name === name)?.value;
  const first = query.get(name) ?? (isCount(sent) ? String(sent) : usual);
  return first !== usual && /^[01]$/.test(first) ? { from: first } : {};
}

function nameIn(query: URLSearchParams, pattern: RegExp): string | undefined {
  return [...query.keys()].find((name) => pattern.test(name));
}

function named(key: string, found: Value | undefined): PageGuess {
  return found === undefined ? {} : { [key]: found.path };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isLink(value: unknown): boolean {
  return typeof value === 'string' && /^(?:https?:\/)?\//i.test(value);
}
