import { UnavailableError } from '../../errors.ts';
import type { PendingFile } from '../../record/media-file.ts';
import type { FileResult } from './decide.ts';
import type { Pass } from './pass.ts';
import { renewAddresses } from './renew-addresses.ts';
import type { Stopping } from './stopping.ts';

/** What was fetched of a batch. Files that are in no result stay pending. */
export type FetchedBatch = {
  readonly results: readonly FileResult[];
  /** Newly signed addresses, by media key. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The error that ends the download, after the results are committed. */
  readonly failure: unknown;
};

/** A batch ends when the bodies in memory reach this. */
const MAX_BATCH_BYTES = 10 * 1024 * 1024;

/** A batch starts no more files after this time: what was fetched is committed. */
const MAX_BATCH_MS = 5000;

/** If so many files cannot be fetched, and none can, the server is unavailable. */
const MIN_UNAVAILABLE = 3;

/** If a larger share of the addresses has expired, the next ones are renewed before they are used. */
const EXPIRED_SHARE = 0.5;

/** Fetches files, some at a time. An expired address is asked for again, once. Never throws: see `failure`. */
export async function fetchFiles(
  pass: Pass,
  files: readonly PendingFile[],
  stopping: Stopping,
): Promise<FetchedBatch> {
  const addresses = new Map<string, string>();
  let failure: unknown;
  const renew = async (some: readonly PendingFile[]): Promise<boolean> => {
    try {
      const listings = some.map(({ listing_key: listing }) => listing);
      for (const each of await renewAddresses(pass, listings, stopping.signal)) addresses.set(...each);
      return true;
    } catch (error) {
      failure ??= stopping.signal.aborted ? undefined : error;
      return false;
    }
  };
  if (pass.isExpired && !(await renew(files))) return { results: [], addresses, failure };
  const first = await fetchAll(pass, files, stopping);
  failure = first.failure;
  const expired = first.results.filter(({ outcome }) => outcome.kind === 'expired');
  const others = first.results.filter((result) => !expired.includes(result));
  pass.isExpired ||= expired.length > first.results.length * EXPIRED_SHARE;
  if (expired.length === 0 || failure !== undefined) return { results: others, addresses, failure };
  const again = expired.map(({ file }) => file);
  const used = new Map(again.map((file) => [file, addressOf(pass, file)]));
  if (!(await renew(again))) return { results: others, addresses, failure };
  const renewable = again.filter((file) => addressOf(pass, file) !== used.get(file));
  const second = await fetchAll(pass, renewable, stopping);
  const refused = expired.filter(({ file }) => !renewable.includes(file));
  return { results: [...others, ...refused, ...second.results], addresses, failure: second.failure };
}

async function fetchAll(
  pass: Pass,
  files: readonly PendingFile[],
  stopping: Stopping,
): Promise<Pick<FetchedBatch, 'results' | 'failure'>> {
  const { clock } = pass.active.tools;
  const startedAt = clock.now();
  const results: FileResult[] = [];
  let failure: unknown;
  let bytes = 0;
  const isFull = (): boolean => bytes >= MAX_BATCH_BYTES || clock.now() - startedAt >= MAX_BATCH_MS;
  const next = files.values();
  const work = async (): Promise<void> => {
    while (failure === undefined && !stopping.isDue() && !isFull()) {
      const { value: file, done } = next.next();
      if (done === true) return;
      try {
        const outcome = await fetchOne(pass, file, stopping.signal);
        results.push({ file, outcome });
        if (outcome.kind === 'file' && outcome.file.body.kind === 'memory') bytes += outcome.file.size;
      } catch (error) {
        // Given up: the file stays pending.
        if (!stopping.signal.aborted) failure ??= error;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: pass.parallel }, work));
  return checkAvailable(results, failure);
}

async function fetchOne(pass: Pass, file: PendingFile, signal: AbortSignal): Promise<FileResult['outcome']> {
  const url = addressOf(pass, file);
  if (url === null || url === '') {
    return { kind: 'refused', reason: 'address', message: 'the media record has no address' };
  }
  const { store_path: path, etag, last_modified: lastModified } = file;
  const known = {
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
  const isKnown = path !== null && Object.keys(known).length > 0;
  try {
    return await pass.media.fetcher.get({ url, ...(isKnown ? { known } : {}) }, signal);
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.op === 'spool') throw error;
    return { kind: 'unavailable', message: error.message };
  }
}

function addressOf({ addresses }: Pass, { media_key: key, url }: PendingFile): string | null {
  return addresses.get(key) ?? url;
}

/** If no file of several can be fetched, that is no failure of these files. */
function checkAvailable(
  results: readonly FileResult[],
  failure: unknown,
): Pick<FetchedBatch, 'results' | 'failure'> {
  const unavailable = results.flatMap(({ outcome }) => (outcome.kind === 'unavailable' ? outcome : []));
  const [first] = unavailable;
  if (first === undefined || unavailable.length < MIN_UNAVAILABLE || unavailable.length < results.length) {
    return { results, failure };
  }
  const error = new UnavailableError(`no file can be fetched: ${first.message}`, {
    op: 'media download',
    hint: 'check the network and the addresses in media.media_url; the next run resumes from here',
  });
  return { results: [], failure: failure ?? error };
}
