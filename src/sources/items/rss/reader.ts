import { chunk } from '../../../lib/chunk.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Checkpoint, ItemBatch, ItemReader, ItemReadOptions, Mapper, ReadEnd } from '../../items.ts';
import type { Requester } from '../requester.ts';
import { hashShape } from '../shape.ts';
import { DEFAULT_FEED_MAPPING } from './default-mapping.ts';
import {
  describeMove,
  type FeedState,
  hashKeys,
  isOverrun,
  mergeAnswer,
  minPauseOf,
  readState,
  toValidators,
} from './feed-state.ts';
import { weakerIdentity } from './identity.ts';
import { hashBody, readBody } from './read-body.ts';
import type { RssEntry } from './settings.ts';
import { identifyRecord } from './to-record.ts';

export type RssReaderOptions = {
  readonly id: string;
  readonly settings: RssEntry;
  readonly requester: Requester;
  readonly mapper: Mapper;
  readonly clock: Clock;
};

const ACCEPT =
  'application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5';
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_RECORDS = 1_000;

/** Creates a reader of an RSS, Atom, RDF or JSON feed. Nothing is requested yet. */
export function createRssReader(options: RssReaderOptions): ItemReader {
  const { settings, requester, mapper } = options;
  return {
    type: 'rss',
    readShape: hashRssRead(settings),
    mapShape: hashShape(settings.item ?? DEFAULT_FEED_MAPPING, settings.empty, settings.html),
    deletes: 'never',
    server: requester.server,
    mapper,
    identify: identifyRecord,
    read: (read, signal) => readFeed(options, read, signal),
    advice: [],
  };
}

/** A hash of what is read. */
export function hashRssRead({ url, identity, item }: RssEntry): string {
  return hashShape(url, identity, item?.external_id);
}

async function* readFeed(
  { id, settings, requester, mapper, clock }: RssReaderOptions,
  { checkpoint, always, maxBatches = Infinity }: ItemReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  signal.throwIfAborted();
  const stored = readState(checkpoint);
  // After an interrupted read, the stored state is not what the tables have.
  const isConditional = !always && (checkpoint?.position ?? null) === null;
  const { etag, lastModified } = stored;
  const known =
    isConditional && (etag ?? lastModified) !== undefined
      ? { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
      : undefined;
  const answer = await requester.get(settings.url, { accept: ACCEPT, maxBytes: MAX_BYTES, known }, signal);
  const now = clock.now();
  const state = mergeAnswer(stored, answer, now);
  const moved = describeMove(id, state, now);
  const value = checkpoint?.value ?? null;
  const warnings = moved === undefined ? [] : [moved];
  const isSame = answer.kind === 'body' && isConditional && stored.body === hashBody(answer.body);
  if (answer.kind !== 'body' || isSame) {
    const outcome = answer.kind === 'gone' ? 'gone' : 'unchanged';
    const end = { outcome, isWhole: false, ...minPauseOf(state) } as const;
    yield toLastBatch([], toCheckpoint(state, value), warnings, end);
    return;
  }
  const wanted = weakerIdentity(settings.identity, stored.identity ?? settings.identity);
  const document = await readBody(id, answer, wanted, mapper);
  warnings.push(...document.warnings);
  const seen = hashKeys(document.keys);
  if (isOverrun(stored, seen)) {
    warnings.push(`entries may have been missed: set a shorter every of ${id} in sources.yaml`);
  }
  const identity = document.degradedTo ?? stored.identity;
  const { ttl: _, ...others } = state;
  const next = {
    ...others,
    body: hashBody(answer.body),
    seen,
    ...(identity === undefined ? {} : { identity }),
    ...(document.ttl === undefined ? {} : { ttl: document.ttl }),
  };
  const after = toCheckpoint(next, document.newest ?? value);
  const parts = chunk(document.records, MAX_RECORDS);
  const last = parts.pop() ?? [];
  for (const [nth, records] of parts.entries()) {
    // Nothing of a page that is half stored is remembered: it is requested and read again.
    const position = { at: { page: nth + 1 }, since: checkpoint?.position?.since ?? now };
    const unfinished = { ...toCheckpoint(stored, value), position };
    yield {
      records,
      checkpoint: unfinished,
      place: `${records.length} entries`,
      warnings: warnings.splice(0),
    };
    signal.throwIfAborted();
    if (nth + 1 >= maxBatches) return;
  }
  yield toLastBatch(last, after, warnings, { outcome: 'read', isWhole: true, ...minPauseOf(next) });
}

function toCheckpoint(state: FeedState, value: string | null): Checkpoint {
  return { kind: 'feed', value, position: null, validators: toValidators(state) };
}

function toLastBatch(
  records: ItemBatch['records'],
  checkpoint: Checkpoint,
  warnings: readonly string[],
  end: ReadEnd,
): ItemBatch {
  return { records, checkpoint, place: `${records.length} entries`, warnings, end };
}
