import { BlockedError, DamagedFileError, FatalError } from '../../../errors.ts';
import type { FeedEntry } from './entry.ts';
import { toEntryOfAtom, toEntryOfJson } from './entries-of-others.ts';
import { toEntryOfRdf, toEntryOfRss } from './entries-of-rss.ts';
import { loadParser, type ParseFeed } from './load-feedsmith.ts';

const HTML = /^<(?:!doctype html|html)\b/i;
const BLANK = 0x20;
const CHALLENGE = /cf[-_]chl|challenge-platform|Just a moment\.\.\.|Attention Required! \| Cloudflare/;
const CLOSED_ROOT = /<\/(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>/i;

/** Characters that XML 1.0 does not allow. */
// oxlint-disable-next-line no-control-regex -- They are searched for.
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const CONTROL_REFERENCES = /&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));/gi;

export type ParsedFeed = {
  readonly entries: readonly FeedEntry[];
  /** `ttl` of RSS 2.0: minutes for which the feed may be kept. */
  readonly minutes?: number | undefined;
};

/**
 * Parses RSS, Atom, RDF or JSON Feed. Single ampersands and control characters are tolerated; a document that is cut off is
 * not, because the state of half a feed would be stored as that of the whole.
 * @throws BlockedError for a page of a firewall; FatalError for another web page, or what is no feed; DamagedFileError if it
 *   is cut off or damaged.
 */
export async function parseDocument(id: string, text: string): Promise<ParsedFeed> {
  refuseWebPage(id, text);
  const parseFeed = await loadParser();
  const clean = text.replaceAll(CONTROLS, '').replaceAll(CONTROL_REFERENCES, '');
  const isJson = /^\s*\{/.test(clean);
  if (!isJson && /<(?:[\w.-]+:)?(?:rss|feed|rdf)\b/i.test(clean) && !CLOSED_ROOT.test(clean)) {
    throw createDamageError(id, 'it is cut off');
  }
  let found: ReturnType<ParseFeed>;
  try {
    found = parseFeed(clean);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'MalformedError' || (isJson && !isValidJson(clean)))
      throw createDamageError(id, message, error);
    throw new FatalError(`${id}: the answer is not a feed`, {
      op: 'read feed',
      cause: error,
      hint: `open url of ${id} in a browser: it must be the address of an RSS, Atom, RDF or JSON feed`,
    });
  }
  if (found.format === 'rss')
    return { entries: (found.feed.items ?? []).map(toEntryOfRss), minutes: found.feed.ttl };
  if (found.format === 'rdf') return { entries: (found.feed.items ?? []).map(toEntryOfRdf) };
  if (found.format === 'atom') return { entries: (found.feed.entries ?? []).map(toEntryOfAtom) };
  return { entries: (found.feed.items ?? []).map(toEntryOfJson) };
}

/** The first bytes of the root or its document type: before it there may be a declaration and any number of comments. */
function startOf(text: string): string {
  let at = 0;
  const skipBlanks = (): void => {
    while (at < text.length && text.charCodeAt(at) <= BLANK) at += 1;
  };
  const skip = (start: string, end: string): boolean => {
    if (!text.startsWith(start, at)) return false;
    const stop = text.indexOf(end, at + start.length);
    at = stop === -1 ? text.length : stop + end.length;
    skipBlanks();
    return true;
  };
  skipBlanks();
  skip('<?xml', '>');
  while (skip('<!--', '-->'));
  return text.slice(at, at + 100);
}

function refuseWebPage(id: string, text: string): void {
  if (!HTML.test(startOf(text))) return;
  if (CHALLENGE.test(text)) {
    throw new BlockedError(`${id}: a firewall answered with a page that checks the browser`, {
      op: 'read feed',
      hint: 'ask the owner of the site to let this machine read the feed, or read it less often',
    });
  }
  throw new FatalError(`${id}: the answer is a web page, not a feed`, {
    op: 'read feed',
    hint: `open url of ${id} in a browser: the feed may have moved, or need auth`,
  });
}

function createDamageError(id: string, reason: string, cause?: unknown): DamagedFileError {
  return new DamagedFileError(`${id}: the feed cannot be read: ${reason}`, {
    op: 'read feed',
    cause,
    hint: 'the next run reads it again; if it stays like this, tell the publisher',
  });
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
