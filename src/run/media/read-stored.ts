import { collectBody } from '../../media/fetch/body.ts';
import type { Body, MediaStore } from '../../media/store.ts';
import type { Damage } from '../../record/media-check.ts';
import type { MediaFile } from '../../record/media-file.ts';

const SPOOL_NAME = 'stored-photo';

/**
 * Reads a stored file, and passes it to `work` if it is as it was stored. Large ones are spooled. Reads one file at a time.
 * @returns the result of `work`, or the damage. @throws what the store throws.
 */
export async function withStoredBody<T>(
  store: MediaStore,
  { store_path: path, sha256 }: Pick<MediaFile, 'store_path' | 'sha256'>,
  signal: AbortSignal,
  work: (body: Body) => Promise<T>,
): Promise<{ readonly done: T } | { readonly damage: Damage }> {
  const stream = path === null ? undefined : await store.open(path, signal);
  if (stream === undefined) return { damage: 'missing' };
  const collector = collectBody(store.spoolFolder, SPOOL_NAME);
  try {
    for await (const part of stream) await collector.add(part);
    const whole = await collector.end();
    if (whole.sha256 !== sha256) return { damage: 'altered' };
    return { done: await work(whole.body) };
  } finally {
    await collector.drop();
  }
}
