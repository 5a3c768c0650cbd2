import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Decodes a body by its `content-encoding`. Files are requested as they are: some servers compress them anyway.
 * @returns undefined for an unknown encoding. Reading throws if the body is cut or damaged.
 */
export function decodeBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
): AsyncIterable<Uint8Array> | undefined {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const create = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (create === undefined) return undefined;
  // The callback keeps an error from being thrown twice: reading throws it.
  return pipeline(Readable.from(body), create(), () => undefined) as AsyncIterable<Uint8Array>;
}
