import { EtlError, FatalError, UnavailableError } from '../../../errors.ts';
import type { SourceTools } from '../../definition.ts';
import type { ItemReader, RawRecord, SourceType } from '../../items.ts';
import { createList } from '../api/list.ts';
import { parsePage } from '../api/parse-page.ts';
import { apiEntry } from '../api/settings.ts';
import { createRequester } from '../create-requester.ts';
import { csvEntry } from '../csv/settings.ts';
import { type ItemEntry, openReader } from '../open-reader.ts';
import { rssEntry } from '../rss/settings.ts';
import type { Auth } from '../settings.ts';
import { findList } from './find-list.ts';
import type { DividedAddress } from './hide-secrets.ts';
import { redactPathKeys } from './path-keys.ts';
import { isAddress, type Sample } from './sample.ts';

export type InspectTools = {
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

/** The address of a server with what signs in, or the path of a file. */
export type InspectTarget = Readonly<DividedAddress['request']>;

/**
 * Reads the first page of an API, the first records of a file, or a feed.
 * @throws EtlError if it cannot be read, with advice for a source that has no entry yet.
 */
export async function inspectSource(
  type: SourceType,
  target: InspectTarget,
  tools: InspectTools,
  signal: AbortSignal,
): Promise<Sample> {
  try {
    return await (type === 'api'
      ? inspectApi(target, tools, signal)
      : inspectWithReader(type, target, tools, signal));
  } catch (error) {
    if (error instanceof EtlError) {
      const message = redactPathKeys(error.message, target.url);
      Object.assign(error, { message, hint: adviseOn(error, target.url) });
    }
    throw error;
  }
}

/** Other hints are about the entry of the source, which is not written yet. */
function adviseOn(error: EtlError, target: string): string | undefined {
  const { hint } = error;
  if (hint?.includes('sources.yaml') !== true) return hint;
  if (!isAddress(target) && /^(?:set|give) /.test(hint)) return `write its entry by hand, and ${hint}`;
  if (!isAddress(target)) return 'check the path';
  return error.exitCode === 77 || /auth/.test(hint)
    ? 'check the address, with its key if it needs one: sources.yaml gets a variable instead of the key. If the key belongs in a header, write the entry by hand: docs/items.md'
    : error instanceof UnavailableError
      ? 'check the address, and the network of this machine'
      : 'open the address in a browser: check its path and its parameters';
}

async function inspectApi(
  target: InspectTarget,
  { id, tools, folder, stateFolder }: InspectTools,
  signal: AbortSignal,
): Promise<Sample> {
  const entry = apiEntry.parse({ ...locate(target), item: ANY_MAPPING });
  const { url, auth } = target;
  const requester = isAddress(url)
    ? createRequester({ id, type: 'api', url, headers: {}, auth }, { ...tools, stateFolder })
    : undefined;
  const list = createList(entry, folder, requester);
  const answer = await list.fetch(list.addressOf(list.pager.first, null), undefined, signal);
  if (answer.kind !== 'body') throw nothingError(url, answer.kind);
  const value = parsePage(answer, 'the answer');
  const found = findList(value);
  if (found === undefined) {
    throw new FatalError('the answer has no list of records', {
      op: 'sources init',
      hint: 'check the address: it must be the one of a list, not of a single record',
    });
  }
  const records = found.records.filter(isRecord).slice(0, MAX_RECORDS);
  return { type: 'api', target: url, records, answer: { value, list: found.path, link: answer.link } };
}

async function inspectWithReader(
  type: 'csv' | 'rss',
  target: InspectTarget,
  { id, tools, folder, stateFolder }: InspectTools,
  signal: AbortSignal,
): Promise<Sample> {
  const entry: ItemEntry =
    type === 'csv'
      ? { type, entry: csvEntry.parse({ ...locate(target), item: ANY_MAPPING }) }
      : { type, entry: rssEntry.parse(locate(target)) };
  const written = { settings: {}, values: new Map<string, string>() };
  const { reader } = openReader({ id, entry, written, folder, locate: () => id, stateFolder, tools });
  const records = await readFirst(reader, target.url, signal);
  return { type, target: target.url, records: type === 'rss' ? [] : records };
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

function locate({
  url,
  auth,
}: InspectTarget): { readonly url: string; readonly auth?: Auth } | { readonly path: string } {
  if (!isAddress(url)) return { path: url };
  return auth === undefined ? { url } : { url, auth };
}

function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nothingError(target: string, kind: string): FatalError {
  const isWaiting = kind === 'waiting';
  return new FatalError(
    isWaiting
      ? `${target} does not exist, is empty, or is still being written`
      : `${new URL(target).host} answered that this address is ${kind}`,
    {
      op: 'sources init',
      hint: isWaiting
        ? 'check the path, or try again: a file must be unchanged for ten seconds. An address begins with https:// or http://'
        : 'check the address',
    },
  );
}
