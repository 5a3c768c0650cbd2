import type { Json } from '../../../sources/items.ts';
import type { Entry } from '../data/entry.ts';
import { createCursorPager, linkPager, nextPager, wholePager } from './linked-pages.ts';
import { createNumberPager, createOffsetPager } from './numbered-pages.ts';
import type { Page, Pager, PageRequest } from './page.ts';
import { renderNote, selectEntries } from './since.ts';

/** The pagers by the last part of the path. */
const PAGERS: Readonly<Record<string, Pager>> = {
  number: createNumberPager(1),
  'number-from-0': createNumberPager(0),
  offset: createOffsetPager(0),
  'offset-from-1': createOffsetPager(1),
  cursor: createCursorPager(false),
  'cursor-first': createCursorPager(true),
  next: nextPager,
  link: linkPager,
  all: wholePager,
};

/** What is wrong with a page. */
export type PageFaults = Pick<PageRequest, 'repeats' | 'keepsCursor'> & {
  /** Replaces the list. `missing`: the body has no list; a body that is the list becomes null. */
  readonly list: 'null' | 'missing' | undefined;
};

/** Answers an API of notes. Undefined: there is no such pager. */
export function answerNotes(
  pager: string,
  entries: readonly Entry[],
  url: URL,
  faults: PageFaults,
): Page | { readonly refused: string } | undefined {
  const createPage = Object.hasOwn(PAGERS, pager) ? PAGERS[pager] : undefined;
  if (createPage === undefined) return undefined;
  const query = url.searchParams;
  const selected = selectEntries(entries, query);
  if ('refused' in selected) return selected;
  const { repeats, keepsCursor } = faults;
  const page = createPage({ records: selected.map(renderNote), query, url, repeats, keepsCursor });
  return 'refused' in page ? page : { ...page, body: replaceList(page, faults.list) };
}

function replaceList({ body, list }: Page, fault: PageFaults['list']): Json {
  if (fault === undefined) return body;
  if (list === undefined) return null;
  const { [list]: _, ...rest } = body as { readonly [name: string]: Json };
  return fault === 'null' ? { ...rest, [list]: null } : rest;
}
