import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createEtag, matchesEtag } from './answer/etag.ts';
import { ASSET_FOLDER } from './asset-folder.ts';
import type { ServeContext } from './request-state.ts';

type Asset = { readonly plain: Bytes; readonly zipped: Bytes; readonly etag: string };
type Bytes = Buffer<ArrayBuffer>;

/** Answers with a file of `dist/assets`. The name is not checked: it must come from our code, not from a request. */
export type AnswerAsset = (context: ServeContext, name: string, type: string) => Promise<Response>;

/** Reads and compresses each file once. */
export function openAssets(): AnswerAsset {
  const known = new Map<string, Promise<Asset>>();
  return async (context, name, type) => {
    const found = known.get(name) ?? readAsset(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return answerAsset(context, await found, type);
  };
}

function answerAsset(context: ServeContext, { plain, zipped, etag }: Asset, type: string): Response {
  const headers = { etag, 'cache-control': 'public, no-cache', vary: 'Accept-Encoding' };
  if (matchesEtag(context.req.header('if-none-match'), etag)) return context.body(null, 304, headers);
  const isZipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(
    context.req.header('accept-encoding') ?? '',
  );
  const body = isZipped ? zipped : plain;
  return context.body(body, 200, {
    ...headers,
    'content-type': type,
    'content-length': String(body.length),
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
}

async function readAsset(name: string): Promise<Asset> {
  const plain = Buffer.from(await readFile(new URL(name, ASSET_FOLDER)));
  const zipped = Buffer.from(await promisify(gzip)(plain));
  return { plain, zipped, etag: createEtag(plain) };
}
