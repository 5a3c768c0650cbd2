import { ConfigError, FatalError, QueryRefusedError } from '../../../errors.ts';
import type { ItemBatch, ItemReadOptions } from '../../items.ts';
import type { AnswerState, Fetched } from '../requester.ts';
import { startRead, type ListRead, type ReadTools } from './start-read.ts';
import { identifyAddress } from './list.ts';
import type { Waiting } from './read-file.ts';
import { readPage } from './read-page.ts';

/** Reads a list page by page. The checkpoint of each batch is complete: reading again from it loses nothing. */
export async function* readPages(
  tools: ReadTools,
  options: ItemReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  const { checkpoint, maxBatches } = options;
  let read = startRead(tools, checkpoint);
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    read.guard.checkPlace(read.place);
    const url = tools.list.addressOf(read.place, read.since);
    const fetched = await fetchPage(tools, read, url, options.always, signal);
    if (fetched === 'refused') {
      if (!isFirst || checkpoint === undefined) throw goneError(tools, read);
      read = startRead(tools, { ...checkpoint, position: null });
      read.warnings = ['the interrupted read cannot be resumed at its page: it begins again'];
      continue;
    }
    if (fetched.kind === 'waiting' && checkpoint === undefined) throw noFileError(tools);
    if (fetched.kind !== 'body') {
      yield endWithoutPage(read, fetched, url);
      return;
    }
    for (const batch of readPage(tools, read, fetched, url)) {
      signal.throwIfAborted();
      yield batch;
      read.batches += 1;
      if (batch.end !== undefined || read.batches === maxBatches) return;
    }
  }
}

/**
 * @returns `refused` if the place of a page is not accepted: cursors expire, and then an interrupted read can only begin
 *   again. A list is gone only if its first page is.
 */
async function fetchPage(
  { list }: ReadTools,
  read: ListRead,
  url: URL,
  always: boolean,
  signal: AbortSignal,
): Promise<Fetched | Waiting | 'refused'> {
  const isStart = read.guard.page() === 1 && !read.isResumed;
  const isKnown = isStart && !always && list.pager.endsByBody;
  const known = isKnown ? (read.validators[identifyAddress(url)] as AnswerState | undefined) : undefined;
  try {
    const fetched = await list.fetch(url, known, signal);
    return fetched.kind === 'gone' && !isStart ? 'refused' : fetched;
  } catch (error) {
    if (error instanceof QueryRefusedError && read.isResumed && read.batches === 0) return 'refused';
    throw error;
  }
}

function goneError({ id }: ReadTools, { guard }: ListRead): FatalError {
  return new FatalError(`${id}: page ${guard.page()} is gone (410)`, {
    op: 'read',
    hint: 'the next run begins again',
  });
}

/** A file that was read before may only be late. */
function noFileError({ id, entry: { path } }: ReadTools): ConfigError {
  return new ConfigError(`${id}: there is no file ${path}`, {
    op: 'read',
    hint: `correct path of ${id} in sources.yaml; a relative path starts in the folder of that file`,
  });
}

function endWithoutPage(
  read: ListRead,
  fetched: Exclude<Fetched | Waiting, { readonly kind: 'body' }>,
  url: URL,
): ItemBatch {
  const { kind: outcome } = fetched;
  const state = fetched.kind === 'unchanged' ? { [identifyAddress(url)]: fetched.state } : read.validators;
  return {
    records: [],
    checkpoint: { kind: read.kind, value: read.start, position: null, validators: state },
    place: `page ${read.guard.page()}: ${outcome}`,
    warnings: read.warnings,
    end: { outcome, isWhole: false },
  };
}
