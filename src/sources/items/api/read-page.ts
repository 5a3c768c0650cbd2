import type { ItemBatch } from '../../items.ts';
import type { Fetched } from '../requester.ts';
import { findSecondPage } from './advice.ts';
import type { ListRead, ReadTools } from './start-read.ts';
import { createEndCheckpoint, createHeldCheckpoint, createPageCheckpoint } from './create-checkpoint.ts';
import { COMPLETE, type ReadEnding, evaluateEmptyPage, namesOf } from './empty-page.ts';
import { mapRecords } from './map-records.ts';
import type { ListPage } from './pages/pager.ts';
import { parsePage } from './parse-page.ts';
import type { ApiEntry } from './settings.ts';

/** Reads one page, and moves the read to the next one. */
export function* readPage(
  tools: ReadTools,
  read: ListRead,
  fetched: Extract<Fetched, { readonly kind: 'body' }>,
  url: URL,
): Generator<ItemBatch> {
  const { entry, list, maxRecords, mapper } = tools;
  const number = read.guard.page();
  const value = parsePage(fetched, `${tools.id}: page ${number}`);
  const { records, isMissing } = tools.findRecords(value);
  const payloads = records.map((record) => JSON.stringify(record));
  read.guard.checkPage(payloads);
  const seen = read.seen + records.length;
  const page: ListPage = { value, count: records.length, seen, link: fetched.link, url: fetched.url };
  const ending = evaluatePage(tools, read, page, isMissing);
  const next = records.length === 0 ? undefined : list.pager.next(read.place, page);
  const items = mapRecords(records, payloads, number, mapper);
  const before = read.progress?.state();
  const warnings = [
    ...read.warnings,
    ...(number === 1 ? listFirstPageWarnings(entry, page, fetched.movedTo) : []),
    ...ending.warnings,
  ];
  read.warnings = [];
  for (let from = 0; ; from += maxRecords) {
    const chunk = items.slice(from, from + maxRecords);
    read.progress?.add(records.slice(from, from + maxRecords));
    const isLast = from + maxRecords >= items.length;
    if (isLast) Object.assign(read, { seen, pages: number, place: next ?? read.place });
    // Within a page, the whole page is read again.
    const state = isLast ? read.progress?.state() : before;
    const isEnd = isLast && next === undefined;
    // The state of a page that is not the only one shows nothing of the others.
    const isOnly = number === 1 && !read.isResumed && list.pager.endsByBody && records.length > 0;
    yield {
      records: chunk,
      checkpoint: !isEnd
        ? createPageCheckpoint(read, state)
        : ending.isHeld
          ? createHeldCheckpoint(read)
          : createEndCheckpoint(read, isOnly, url, fetched.state),
      place: `page ${number}: ${records.length} records`,
      warnings: [...(from === 0 ? warnings : []), ...(isEnd ? (read.progress?.warnings() ?? []) : [])],
      ...(isEnd
        ? { end: { outcome: 'read', isWhole: ending.isWhole && !read.isResumed && read.since === null } }
        : {}),
    };
    if (isLast) return;
  }
}

/** Remembers what the page reports of the list, and evaluates it if it is empty. @throws ConfigError, FatalError */
function evaluatePage(
  { id, entry, list }: ReadTools,
  read: ListRead,
  page: ListPage,
  isMissing: boolean,
): ReadEnding {
  const number = read.guard.page();
  const { value, seen } = page;
  if (number === 1) read.names = namesOf(value);
  const { hasMore, total } = list.pager.findRemaining?.(value) ?? {};
  read.total = total ?? read.total;
  if (page.count > 0) return COMPLETE;
  const remaining = { hasMore, total: read.total };
  return evaluateEmptyPage(id, entry, { number, value, isMissing, names: read.names, seen, remaining });
}

function listFirstPageWarnings(entry: ApiEntry, page: ListPage, movedTo: string | undefined): string[] {
  const moved = movedTo === undefined ? undefined : new URL(movedTo);
  return [
    moved && `the address has moved to ${moved.origin}${moved.pathname}: change url`,
    findSecondPage(entry, page),
  ].filter((warning) => warning !== undefined);
}
