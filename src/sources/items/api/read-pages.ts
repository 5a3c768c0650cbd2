import type { Clock } from '../../../model/clock.ts';
import type { Checkpoint, CheckpointKind, ItemBatch, ItemReadOptions, Mapper, ReadEnd } from '../../items.ts';
import type { AnswerState, Fetched } from '../requester.ts';
import { findSecondPage } from './advice.ts';
import { identifyAddress, type List } from './list.ts';
import { createLoopGuard, type LoopGuard } from './loops.ts';
import { mapRecords } from './map-records.ts';
import type { Page, Place } from './pages/pager.ts';
import { parsePage } from './parse-page.ts';
import { createProgress, type Progress } from './progress.ts';
import type { FoundRecords } from './records.ts';
import { findPosition } from './resume.ts';
import type { ApiEntry } from './settings.ts';
import { findSince } from './since.ts';

export type ReadTools = {
  readonly id: string;
  readonly entry: ApiEntry;
  readonly list: List;
  readonly findRecords: (value: unknown) => FoundRecords;
  readonly mapper: Mapper;
  readonly clock: Clock;
  readonly maxRecords: number;
};

/** A read in progress. */
type Read = {
  readonly guard: LoopGuard;
  /** Undefined without `since`. */
  readonly progress: Progress | undefined;
  readonly kind: CheckpointKind;
  /** The value of the checkpoint that the read began with. */
  readonly start: string | null;
  readonly since: string | null;
  readonly began: number;
  readonly isResumed: boolean;
  readonly validators: Checkpoint['validators'];
  place: Place;
  /** Pages before `place`, and their records. */
  pages: number;
  seen: number;
  batches: number;
};

/** Reads a list page by page. The checkpoint of each batch is complete: reading again from it loses nothing. */
export async function* readPages(
  tools: ReadTools,
  options: ItemReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  const read = beginRead(tools, options);
  for (;;) {
    signal.throwIfAborted();
    read.guard.checkPlace(read.place);
    const url = tools.list.addressOf(read.place, read.since);
    const known = findKnown(tools, read, url, options.always);
    const fetched = await tools.list.fetch(url, known, signal);
    if (fetched.kind !== 'body') {
      yield endWithoutPage(read, fetched, url);
      return;
    }
    let end: ReadEnd | undefined;
    for (const batch of readPage(tools, read, fetched, url)) {
      signal.throwIfAborted();
      yield batch;
      ({ end } = batch);
      read.batches += 1;
      if (end !== undefined || read.batches === options.maxBatches) return;
    }
  }
}

function beginRead({ id, entry, list, clock }: ReadTools, { checkpoint }: ItemReadOptions): Read {
  const { since: settings } = entry;
  const now = clock.now();
  const start = settings === undefined ? null : (checkpoint?.value ?? null);
  const resumed = findPosition(checkpoint, now);
  const { place = list.pager.first, pages = 0, seen = 0, progress } = resumed?.position ?? {};
  return {
    guard: createLoopGuard(id, pages),
    progress: settings && createProgress(settings, start, progress, now),
    kind: settings === undefined ? 'page' : settings.format === 'id' ? 'id' : 'timestamp',
    start,
    since: resumed === undefined ? beginSince(settings, start) : resumed.position.since,
    began: resumed?.began ?? now,
    isResumed: resumed !== undefined,
    validators: checkpoint?.validators ?? {},
    place,
    pages,
    seen,
    batches: 0,
  };
}

function beginSince(settings: ApiEntry['since'], start: string | null): string | null {
  return settings === undefined ? null : (findSince(settings, start) ?? null);
}

/** The state of the first page, if it is known and the first page is all that there was. */
function findKnown({ list }: ReadTools, read: Read, url: URL, always: boolean): AnswerState | undefined {
  if (always || read.isResumed || read.guard.page() > 1 || !list.pager.endsByBody) return undefined;
  return read.validators[identifyAddress(url)] as AnswerState | undefined;
}

function endWithoutPage(
  read: Read,
  fetched: Exclude<Awaited<ReturnType<List['fetch']>>, { readonly kind: 'body' }>,
  url: URL,
): ItemBatch {
  const { kind: outcome } = fetched;
  const state = fetched.kind === 'unchanged' ? { [identifyAddress(url)]: fetched.state } : read.validators;
  return {
    records: [],
    checkpoint: { kind: read.kind, value: read.start, position: null, validators: state },
    place: `page ${read.guard.page()}: ${outcome}`,
    warnings: [],
    end: { outcome, isWhole: false },
  };
}

/** Reads one page, and moves the read to the next one. */
function* readPage(
  tools: ReadTools,
  read: Read,
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
  const page: Page = { value, count: records.length, seen, link: fetched.link, url: fetched.url };
  const next = records.length === 0 ? undefined : list.pager.next(read.place, page);
  const items = mapRecords(records, payloads, number, mapper);
  const warnings = number === 1 ? warnOfFirstPage(entry, page, isMissing, fetched.movedTo) : [];
  for (let from = 0; ; from += maxRecords) {
    const chunk = items.slice(from, from + maxRecords);
    read.progress?.add(records.slice(from, from + maxRecords));
    const isLast = from + maxRecords >= items.length;
    if (isLast) Object.assign(read, { seen, pages: number, place: next ?? read.place });
    const isEnd = isLast && next === undefined;
    // The state of a page that is not the only one shows nothing of the others.
    const isOnly = number === 1 && !read.isResumed && list.pager.endsByBody && records.length > 0;
    yield {
      records: chunk,
      checkpoint: isEnd ? endCheckpoint(read, isOnly, url, fetched.state) : pageCheckpoint(read),
      place: `page ${number}: ${records.length} records`,
      warnings: [...(from === 0 ? warnings : []), ...(isEnd ? (read.progress?.warnings() ?? []) : [])],
      ...(isEnd ? { end: { outcome: 'read', isWhole: !read.isResumed && read.since === null } } : {}),
    };
    if (isLast) return;
  }
}

function warnOfFirstPage(
  entry: ApiEntry,
  page: Page,
  isMissing: boolean,
  movedTo: string | undefined,
): string[] {
  const moved = movedTo === undefined ? undefined : new URL(movedTo);
  return [
    isMissing ? 'the answer has no list of records: check records' : undefined,
    moved && `the address has moved to ${moved.origin}${moved.pathname}: change url`,
    findSecondPage(entry, page),
  ].filter((warning) => warning !== undefined);
}

/** The checkpoint within a read: the page that is read next. */
function pageCheckpoint(read: Read): Checkpoint {
  const { kind, start, since, progress, began, place, pages, seen, validators } = read;
  const state = progress?.state() ?? { max: null, isUnsorted: false };
  return {
    kind,
    value: progress?.current() ?? start,
    position: { at: { place, pages, seen, since, progress: state }, since: began },
    validators,
  };
}

/** The checkpoint of a complete read. */
function endCheckpoint({ kind, progress }: Read, isOnly: boolean, url: URL, state: AnswerState): Checkpoint {
  const isKnown = isOnly && Object.keys(state).length > 0;
  return {
    kind,
    value: progress?.final() ?? null,
    position: null,
    validators: isKnown ? { [identifyAddress(url)]: state } : {},
  };
}
