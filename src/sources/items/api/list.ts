import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnswerState, Fetched, Requester } from '../requester.ts';
import { createPager } from './pages/index.ts';
import type { Pager, PagePlace } from './pages/pager.ts';
import { readJsonFile, type Waiting } from './read-file.ts';
import type { ApiEntry } from './settings.ts';
import { setSince } from './since.ts';

/** The list of a source: its pages, and how one is fetched. */
export type List = {
  readonly pager: Pager;
  addressOf(place: PagePlace, since: string | null): URL;
  fetch(url: URL, known: AnswerState | undefined, signal: AbortSignal): Promise<Fetched | Waiting>;
};

/** Of one page, decompressed. */
const MAX_BYTES = 256 * 1024 * 1024;

/** @param folder which a relative path starts in. @param requester undefined for a file. */
export function createList(entry: ApiEntry, folder: string, requester: Requester | undefined): List {
  const pager = createPager(entry.page, entry.auth);
  const { path, since: settings } = entry;
  if (path !== undefined || requester === undefined) {
    const file = resolve(folder, path ?? '');
    return {
      pager,
      addressOf: () => pathToFileURL(file),
      fetch: (_, ...rest) => readJsonFile(file, ...rest),
    };
  }
  const base = new URL(entry.url!);
  for (const [name, value] of Object.entries(entry.query)) base.searchParams.set(name, value);
  const options = { accept: 'application/json', maxBytes: MAX_BYTES };
  return {
    pager,
    addressOf: (place, since) => {
      const url = new URL(base);
      if (settings !== undefined && since !== null) setSince(url, settings, since);
      return pager.addressOf(place, url);
    },
    fetch: (url, known, signal) => requester.get(url.href, { ...options, known }, signal),
  };
}

/** Identifies an address without its query. */
export function identifyAddress(url: URL): string {
  return createHash('sha256').update(url.href).digest('hex').slice(0, 32);
}
