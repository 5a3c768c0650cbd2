import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../../lib/time.ts';
import type { ItemRecord, Mapper } from '../../items.ts';
import type { Fetched } from '../requester.ts';
import { decodeBody } from './decode-body.ts';
import { type Identity, identifyEntries } from './identity.ts';
import { parseDocument } from './parse-document.ts';
import { toFeedRecord } from './to-record.ts';

export type FeedDocument = {
  readonly records: readonly ItemRecord[];
  /** The identities of its entries. */
  readonly keys: readonly string[];
  /** Milliseconds for which the feed may be kept, as it says. */
  readonly ttl: number | undefined;
  /** The newest date of an entry, in ISO 8601. */
  readonly newest: string | null;
  /** The identity that was used, if it is not the wanted one. */
  readonly degradedTo: Identity | undefined;
  readonly warnings: readonly string[];
};

/** What `parseFeedDate` returns; other texts are not dates. */
const ISO_UTC = /^\d{4}-\d\d-\d\dT.*Z$/;

const IDENTITY_NAMES = { id: 'their ids', link: 'their links', 'link+date': 'their links and dates' };

/** Reads the entries of a document, each once. @throws as `parseDocument` does. */
export async function readBody(
  id: string,
  answer: Extract<Fetched, { kind: 'body' }>,
  identity: Identity,
  mapper: Mapper,
): Promise<FeedDocument> {
  const { text, replaced } = decodeBody(answer.body, answer.contentType);
  const { entries: parsed, minutes } = await parseDocument(id, text);
  const entries = parsed.map((entry) => ({ ...entry, link: resolveLink(entry.link, answer.url) }));
  const { keys, degradedTo } = identifyEntries(entries, identity);
  const records: ItemRecord[] = [];
  const dates: string[] = [];
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue;
    const record = toFeedRecord(entries[index]!, key);
    const payload = JSON.stringify(record);
    records.push({ ...mapper.map(record, payload, key), payload, place: `entry ${index + 1}` });
    const { published } = record;
    if (typeof published === 'string' && ISO_UTC.test(published)) dates.push(published);
  }
  return {
    records,
    keys: keys.filter((key) => key !== undefined),
    ttl: minutes === undefined || !(minutes > 0) ? undefined : minutes * MINUTE_MS,
    newest: dates.reduce<string | null>((max, date) => (max === null || date > max ? date : max), null),
    degradedTo,
    warnings: [
      ...(replaced > 0 ? [`${replaced} damaged characters became \uFFFD`] : []),
      ...(degradedTo === undefined
        ? []
        : [`many entries have no ${identity} of their own: ${IDENTITY_NAMES[degradedTo]} identify them`]),
    ],
  };
}

export function hashBody(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** A link may be relative to the address of the feed. */
function resolveLink(link: string | undefined, base: string): string | undefined {
  return link === undefined || URL.canParse(link) || !URL.canParse(link, base)
    ? link
    : new URL(link, base).href;
}
