import type { FetchedFile, FetchOutcome } from '../../media/fetcher.ts';
import { hideSignatures } from '../../lib/hide-signatures.ts';
import type { BodyFacts } from '../../media/store.ts';
import { DAY_MS, HOUR_MS, toSqlDateTime } from '../../lib/time.ts';
import type { MediaFile, PendingFile } from '../../record/media-file.ts';
import { listPaths, toStorePath } from './store-path.ts';

/** The result of fetching one file; `unavailable`: no answer, after retries. */
export type FileResult = {
  readonly file: PendingFile;
  readonly outcome: FetchOutcome | { readonly kind: 'unavailable'; readonly message: string };
};

/** A smaller version of a picture, which is stored beside it. */
export type SmallerVersion = BodyFacts & { readonly path: string; readonly bytes: Uint8Array };

/** What follows from a result. */
export type Decision = {
  /** The row to save. */
  readonly row: MediaFile;
  readonly kind: 'added' | 'replaced' | 'unchanged' | 'failed';
  /** The file to store at the row's path. */
  readonly put?: {
    readonly path: string;
    readonly file: FetchedFile;
    readonly versions: readonly SmallerVersion[];
  };
  /** The paths of files that no row names after the commit. */
  readonly replaced: readonly string[];
};

/** The pauses after the first, second, … failure in a row; the last one is repeated. */
const PAUSES_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS];

const MAX_MESSAGE_LENGTH = 1000;

/** Decides what becomes of a file. @param now milliseconds since the epoch. */
export function decide({ file: pending, outcome }: FileResult, now: number, run: number): Decision {
  const { url: _, ...before } = pending;
  const fetched = {
    ...before,
    state: 'stored',
    fetched_for: before.wanted_for,
    fetched_at: toSqlDateTime(now),
    tries: 0,
    retry_at: null,
    reason: null,
    message: null,
    run_id: run,
  } as const;
  if (outcome.kind === 'unchanged') return { row: fetched, kind: 'unchanged', replaced: [] };
  if (outcome.kind !== 'file') return { row: fail(before, outcome, now, run), kind: 'failed', replaced: [] };
  const { file } = outcome;
  const validators = { etag: fit(file.etag, 255), last_modified: fit(file.lastModified, 64) };
  if (before.store_path !== null && before.sha256 === file.sha256) {
    return { row: { ...fetched, ...validators }, kind: 'unchanged', replaced: [] };
  }
  const path = toStorePath(before.media_key, file.sha256, file.extension);
  const row: MediaFile = {
    ...fetched,
    ...validators,
    store_path: path,
    byte_size: file.size,
    sha256: file.sha256,
    content_type: file.contentType,
    width: file.width ?? null,
    height: file.height ?? null,
    sizes: null,
    sizes_for: '',
    verified_at: null,
  };
  const put = { path, file, versions: [] };
  if (before.store_path === null) return { row, kind: 'added', put, replaced: [] };
  const replaced = listPaths(before.store_path, before.sizes).filter((each) => each !== path);
  return { row, kind: before.store_path === path ? 'added' : 'replaced', put, replaced };
}

/** A file that was stored before keeps its path. */
function fail(
  before: MediaFile,
  outcome: Exclude<FileResult['outcome'], { readonly kind: 'file' | 'unchanged' }>,
  now: number,
  run: number,
): MediaFile {
  const pause = PAUSES_MS[Math.min(before.tries, PAUSES_MS.length - 1)]!;
  return {
    ...before,
    state: 'failed',
    tries: before.tries + 1,
    retry_at: toSqlDateTime(now + pause),
    ...explain(outcome),
    run_id: run,
  };
}

function explain(
  outcome: Exclude<FileResult['outcome'], { readonly kind: 'file' | 'unchanged' }>,
): Pick<MediaFile, 'reason' | 'message'> {
  if (outcome.kind === 'unavailable') return { reason: 'unavailable', message: fitMessage(outcome.message) };
  if (outcome.kind === 'refused') return { reason: outcome.reason, message: fitMessage(outcome.message) };
  return {
    reason: 'expired',
    message: `its address answered ${outcome.status}, and so did a newly signed one, if the feed sent one`,
  };
}

function fitMessage(text: string): string {
  return hideSignatures(text).slice(0, MAX_MESSAGE_LENGTH);
}

/** A value that does not fit, or is not ASCII, is as good as none: it must be sent back exactly. */
function fit(value: string | undefined, length: number): string | null {
  return value !== undefined && value.length <= length && /^[\x20-\x7e]+$/.test(value) ? value : null;
}
