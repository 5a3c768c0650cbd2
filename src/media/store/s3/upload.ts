import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { FatalError } from '../../../errors.ts';
import type { BodyFacts } from '../../store.ts';
import type { Requester } from './requester.ts';
import { readText } from './xml.ts';

/** Bodies above it are uploaded in parts of this size, so that no more is in memory; S3 allows 10,000 parts of 5 MB or more. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Time to withdraw an upload that failed. */
const ABORT_MS = 10_000;

/** Services that refuse a checksum of S3 accept the older Content-MD5. */
export type Checksum = { kind: 'sha256' | 'md5' };

const UNSUPPORTED = ['InvalidArgument', 'InvalidRequest', 'NotImplemented'] as const;

/** Stores a small body in one request. The service compares its checksum before the key shows it. */
export async function putObject(
  requester: Requester,
  key: string,
  body: Buffer,
  facts: BodyFacts,
  checksum: Checksum,
  signal: AbortSignal,
): Promise<void> {
  const send = (kind: Checksum['kind'], codes: readonly string[]) => {
    const value =
      kind === 'sha256'
        ? { 'x-amz-checksum-sha256': Buffer.from(facts.sha256, 'hex').toString('base64') }
        : { 'Content-MD5': md5Of(body) };
    const headers = { 'Content-Type': facts.contentType, ...value };
    return requester.send({ method: 'PUT', key, headers, body }, signal, codes);
  };
  if (checksum.kind === 'sha256') {
    const { status } = await send('sha256', UNSUPPORTED);
    if (status < 300) return;
    checksum.kind = 'md5';
  }
  await send('md5', []);
}

/** Uploads a large file in parts; the key shows it when all of them are complete. After a failure no part is left. */
export async function uploadParts(
  requester: Requester,
  key: string,
  file: string,
  facts: BodyFacts,
  signal: AbortSignal,
): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const headers = { 'Content-Type': facts.contentType };
    const started = await requester.send({ method: 'POST', key, query: { uploads: '' }, headers }, signal);
    const uploadId = readText(started.body.toString('utf8'), 'UploadId');
    if (uploadId === undefined) throw new FatalError('the service named no upload', { op: `POST ${key}` });
    try {
      const parts = await sendParts(requester, { key, uploadId, handle, size: facts.size }, signal);
      const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
      await requester.send({ method: 'POST', key, query: { uploadId }, body }, signal);
    } catch (error) {
      await abortUpload(requester, key, uploadId, AbortSignal.timeout(ABORT_MS)).catch(() => undefined);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

/** Withdraws an upload, with its parts. One that does not exist is not an error. */
export async function abortUpload(
  requester: Requester,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<void> {
  await requester.send({ method: 'DELETE', key, query: { uploadId } }, signal, ['NoSuchUpload']);
}

type Upload = {
  readonly key: string;
  readonly uploadId: string;
  readonly handle: FileHandle;
  readonly size: number;
};

async function sendParts(
  requester: Requester,
  { key, uploadId, handle, size }: Upload,
  signal: AbortSignal,
): Promise<string[]> {
  const parts: string[] = [];
  const buffer = Buffer.alloc(Math.min(PART_BYTES, size));
  for (let start = 0; start < size; start += PART_BYTES) {
    const length = Math.min(PART_BYTES, size - start);
    const { bytesRead } = await handle.read(buffer, 0, length, start);
    if (bytesRead !== length) throw new FatalError('a spooled file became shorter', { op: `PUT ${key}` });
    const body = buffer.subarray(0, length);
    const partNumber = String(parts.length + 1);
    const answer = await requester.send(
      { method: 'PUT', key, query: { partNumber, uploadId }, body },
      signal,
    );
    const etag = (answer.headers['etag'] ?? '').replaceAll('"', '&quot;');
    parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`);
  }
  return parts;
}

export function md5Of(body: Buffer): string {
  return createHash('md5').update(body).digest('base64');
}
