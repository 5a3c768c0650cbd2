import { randomUUID } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EtlError, UnavailableError } from '../../../errors.ts';
import { makePrivateFolder } from '../../../host/private-file.ts';
import type { Body, BodyFacts, MediaStore } from '../../store.ts';
import { checkStorePath, isStorePath } from '../check-path.ts';
import { toDiskError } from '../disk/disk-error.ts';
import { listObjects } from './list-objects.ts';
import { removeObjects } from './remove-objects.ts';
import { createRequester, type Requester, type RequesterTools, toFailure } from './requester.ts';
import type { S3Settings } from './settings.ts';
import { abortUpload, type Checksum, PART_BYTES, putObject, uploadParts } from './upload.ts';
import { readElements, readText } from './xml.ts';

/**
 * Creates the store in a bucket of S3 or a service that is compatible with it. Nothing is requested before its first method is
 * called.
 * @param spoolFolder a folder of this machine.
 */
export function createS3Store(settings: S3Settings, spoolFolder: string, tools: RequesterTools): MediaStore {
  const { prefix } = settings;
  const requester = createRequester(settings, tools);
  const checksum: Checksum = { kind: 'sha256' };
  return {
    name: `s3://${settings.bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`,
    spoolFolder,
    prepare: async (signal) => {
      await clearSpool(spoolFolder, signal);
      await abortUploads(requester, prefix, signal);
    },
    put: async (path, body, facts, signal) => {
      checkStorePath(path);
      signal.throwIfAborted();
      await put(requester, path, body, facts, checksum, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw body.kind === 'file' ? toDiskError(spoolFolder, `reading ${body.file}`, error, signal) : error;
      });
    },
    // An answered request is durable.
    flush: () => Promise.resolve(),
    open: async (path, signal) => {
      checkStorePath(path);
      signal.throwIfAborted();
      const answer = await requester.open(path, signal);
      if (answer === undefined) return undefined;
      return readBody(settings, answer, signal);
    },
    remove: async (paths, signal) => {
      paths.forEach(checkStorePath);
      signal.throwIfAborted();
      await removeObjects(requester, prefix, paths, signal);
    },
    list: (signal) => listObjects(requester, prefix, signal),
    check: async (signal) => {
      signal.throwIfAborted();
      // A part that starts with a dot: never listed.
      const key = `.check-${randomUUID()}`;
      await requester.send({ method: 'PUT', key, body: Buffer.from('check') }, signal);
      await requester.send({ method: 'GET', key }, signal);
      await requester.send({ method: 'DELETE', key }, signal);
      return { free: undefined };
    },
  };
}

async function put(
  requester: Requester,
  key: string,
  body: Body,
  facts: BodyFacts,
  checksum: Checksum,
  signal: AbortSignal,
): Promise<void> {
  if (body.kind === 'file' && facts.size > PART_BYTES) {
    await uploadParts(requester, key, body.file, facts, signal);
  } else {
    const bytes = body.kind === 'file' ? await readFile(body.file, { signal }) : Buffer.from(body.bytes);
    await putObject(requester, key, bytes, facts, checksum, signal);
  }
  if (body.kind === 'file') await rm(body.file, { force: true });
}

async function* readBody(
  settings: S3Settings,
  answer: { readonly body: AsyncIterable<Buffer>; close(): void },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* answer.body;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EtlError) throw error;
    const { message, op, hint } = toFailure(settings, error);
    throw new UnavailableError(message, { op, cause: error, ...(hint === undefined ? {} : { hint }) });
  } finally {
    answer.close();
  }
}

async function clearSpool(folder: string, signal: AbortSignal): Promise<void> {
  try {
    makePrivateFolder(folder);
    for (const name of await readdir(folder)) {
      signal.throwIfAborted();
      await rm(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    throw toDiskError(folder, 'preparing', error, signal);
  }
}

/**
 * Parts of an upload cost money until it is withdrawn. Services that cannot list uploads end them by rules of the bucket. Uploads
 * under names that no stored file has belong to another program.
 */
async function abortUploads(requester: Requester, prefix: string, signal: AbortSignal): Promise<void> {
  const query = { uploads: '', ...(prefix === '' ? {} : { prefix }) };
  const mayLack = ['NotImplemented', 'MethodNotAllowed', 'AccessDenied'];
  const answer = await requester.send({ method: 'GET', key: '', query }, signal, mayLack);
  if (answer.status >= 300) return;
  for (const upload of readElements(answer.body.toString('utf8'), 'Upload')) {
    const [key, id] = [readText(upload, 'Key') ?? '', readText(upload, 'UploadId') ?? ''];
    const path = key.startsWith(prefix) ? key.slice(prefix.length) : '';
    if (id !== '' && isStorePath(path)) await abortUpload(requester, path, id, signal);
  }
}
