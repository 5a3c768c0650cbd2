import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../../errors.ts';
import type { AnswerState, Fetched } from '../requester.ts';

/** A file that is not there yet. */
export type Waiting = { readonly kind: 'waiting' };

/** Reads a JSON file as if a server had sent it; its SHA-256 is its state. @throws ConfigError if it cannot be read. */
export async function readJsonFile(
  path: string,
  known: AnswerState | undefined,
  signal: AbortSignal,
): Promise<Fetched | Waiting> {
  let body: Buffer;
  try {
    body = await readFile(path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'waiting' };
    throw new ConfigError(`${path} cannot be read: ${(cause as Error).message}`, {
      op: 'read',
      hint: 'check path in sources.yaml, and the rights of the file',
      cause,
    });
  }
  const etag = createHash('sha256').update(body).digest('hex');
  const common = { url: pathToFileURL(path).href, state: { etag }, movedTo: undefined };
  if (known?.etag === etag) return { ...common, kind: 'unchanged' };
  return { ...common, kind: 'body', body, contentType: 'application/json', link: '' };
}
