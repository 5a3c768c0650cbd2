import type { Hash } from 'node:crypto';
import { DamagedFileError } from '../../errors.ts';
import { dropPart, type FileRecord, findPart, findWhole, hashPart, publishPart, syncPart } from './part.ts';
import { storing } from './receive.ts';
import type { DownloadRequest, DownloadResult } from './request.ts';
import type { Verdict } from './verdict.ts';

/** Ends a download for which no body is needed. */
export async function settle(
  request: DownloadRequest,
  verdict: Exclude<Verdict, { readonly kind: 'body' | 'restart' | 'refused' }>,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const { file } = request;
  if (verdict.kind === 'unchanged') dropPart(file);
  if (verdict.kind === 'whole') return toResult(verdict.record, true);
  if (verdict.kind !== 'complete') return verdict;
  const hash = await storing(() => hashPart(file, verdict.record.bytes ?? 0, signal));
  await storing(() => syncPart(file));
  return finish(request, verdict.record, hash, true);
}

/** Checks a whole part and turns it into the file. @throws DamagedFileError if its SHA-256 is not the known one. */
export async function finish(
  { file, sha256: expected, url }: DownloadRequest,
  record: FileRecord,
  hash: Hash,
  wasWhole: boolean,
): Promise<DownloadResult> {
  const sha256 = hash.digest('hex');
  if (expected !== undefined && expected.toLowerCase() !== sha256) {
    dropPart(file);
    const { host, pathname } = new URL(url);
    throw new DamagedFileError(`${host}${pathname}: its SHA-256 is ${sha256}, expected was ${expected}`, {
      op: 'download',
      hint: 'check the expected SHA-256: the publisher may have changed the file',
    });
  }
  const whole = { ...record, sha256 };
  await storing(() => publishPart(file, whole));
  return toResult(whole, wasWhole);
}

function toResult(record: FileRecord, wasWhole: boolean): DownloadResult {
  const { etag, lastModified, bytes = 0, sha256 = '' } = record;
  return { kind: 'fetched', bytes, sha256, validators: { etag, lastModified, bytes }, wasWhole };
}

/** Finds the whole file on disk, unless it is another one than the caller expects, or a part of a newer one is there. */
export async function findExpected(
  { file, url, sha256 }: DownloadRequest,
  signal: AbortSignal,
): Promise<FileRecord | undefined> {
  if (findPart(file, url) !== undefined) return undefined;
  const found = await storing(() => findWhole(file, url, signal));
  return sha256 === undefined || found?.sha256 === sha256.toLowerCase() ? found : undefined;
}
