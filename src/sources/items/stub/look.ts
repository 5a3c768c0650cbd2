import { FatalError } from '../../../errors.ts';
import type { SourceTools } from '../../definition.ts';
import type { ItemReader, RawRecord, SourceType } from '../../items.ts';
import { createList } from '../api/list.ts';
import { parsePage } from '../api/parse-page.ts';
import { apiEntry } from '../api/settings.ts';
import { createRequester } from '../create-requester.ts';
import { csvEntry } from '../csv/settings.ts';
import { type ItemEntry, openReader } from '../open-reader.ts';
import { rssEntry } from '../rss/settings.ts';
import { findList } from './find-list.ts';
import { isAddress, type Sample } from './sample.ts';

export type LookTools = {
  /** The name of the source, for messages. */
  readonly id: string;
  readonly tools: SourceTools;
  /** The folder that relative paths start in. */
  readonly folder: string;
  /** A folder for downloads, which may be deleted afterwards. */
  readonly stateFolder: string;
};

const MAX_RECORDS = 200;

/** Every record becomes an item without content: the mapping is not known yet. */
const ANY_MAPPING = { external_id: { text: 'x' }, title: { text: 'x' } };

/** Reads the first page of an API, the first records of a file, or a feed. @throws EtlError if it cannot be read. */
export function lookAtSource(
  type: SourceType,
  target: string,
  tools: LookTools,
  signal: AbortSignal,
): Promise<Sample> {
  return type === 'api' ? lookAtApi(target, tools, signal) : lookWithReader(type, target, tools, signal);
}

async function lookAtApi(
  target: string,
  { id, tools, folder, stateFolder }: LookTools,
  signal: AbortSignal,
): Promise<Sample> {
  const entry = apiEntry.parse({ ...locate(target), item: ANY_MAPPING });
  const requester = isAddress(target)
    ? createRequester({ id, url: target, headers: {}, auth: undefined }, { ...tools, stateFolder })
    : undefined;
  const list = createList(entry, folder, requester);
  const answer = await list.fetch(list.addressOf(list.pager.first, null), undefined, signal);
  if (answer.kind !== 'body') throw nothingError(target, answer.kind);
  const value = parsePage(answer, 'the answer');
  const found = findList(value);
  if (found === undefined) {
    throw new FatalError('the answer has no list of records', {
      op: 'sources init',
      hint: 'check the address: it must be the one of a list, not of a single record',
    });
  }
  const records = found.records.filter(isRecord).slice(0, MAX_RECORDS);
  return { type: 'api', target, records, answer: { value, list: found.path, link: answer.link } };
}

async function lookWithReader(
  type: 'csv' | 'rss',
  target: string,
  { id, tools, folder, stateFolder }: LookTools,
  signal: AbortSignal,
): Promise<Sample> {
  const entry: ItemEntry =
    type === 'csv'
      ? { type, entry: csvEntry.parse({ ...locate(target), item: ANY_MAPPING }) }
      : { type, entry: rssEntry.parse({ url: target }) };
  const { reader } = openReader({ id, entry, folder, locate: () => id, stateFolder, tools });
  const records = await readFirst(reader, target, signal);
  return { type, target, records: type === 'rss' ? [] : records };
}

async function readFirst(reader: ItemReader, target: string, signal: AbortSignal): Promise<RawRecord[]> {
  const options = { checkpoint: undefined, always: true, maxBatches: 1 };
  for await (const { records, end } of reader.read(options, signal)) {
    const kind = end?.outcome ?? 'read';
    if (records.length === 0 && kind !== 'read') throw nothingError(target, kind);
    const readable = records.filter(({ item }) => item !== undefined).slice(0, MAX_RECORDS);
    return readable.map(({ payload }) => JSON.parse(payload) as RawRecord);
  }
  return [];
}

function locate(target: string): { readonly url: string } | { readonly path: string } {
  return isAddress(target) ? { url: target } : { path: target };
}

function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nothingError(target: string, kind: string): FatalError {
  const isWaiting = kind === 'waiting';
  return new FatalError(
    isWaiting
      ? `${target} does not exist, or is still being written`
      : `${new URL(target).host} answered that this address is ${kind}`,
    {
      op: 'sources init',
      hint: isWaiting ? 'a file must be unchanged for ten seconds: try again' : 'check the address',
    },
  );
}
