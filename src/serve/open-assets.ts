import { readFile } from 'node:fs/promises';
import { createEtag } from './answer/etag.ts';

/** A file that pages load. */
export type Asset = { readonly body: Buffer<ArrayBuffer>; readonly etag: string };

/** The build copies files there. This module and the chunk that it becomes are both two levels below the root. */
const FOLDER = new URL('../../dist/assets/', import.meta.url);

/** Reads files of `dist/assets`, each once. Names must come from a list of ours: they are not checked. */
export function openAssets(): (name: string) => Promise<Asset> {
  const known = new Map<string, Promise<Asset>>();
  return (name) => {
    const found = known.get(name) ?? readAsset(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}

async function readAsset(name: string): Promise<Asset> {
  const body = Buffer.from(await readFile(new URL(name, FOLDER)));
  return { body, etag: createEtag(body.toString('latin1')) };
}
