import { createHash } from 'node:crypto';

const MAX_KEY_LENGTH = 80;

/**
 * Names the file of a media record: the same for the same key and content, another for any other. Keys that differ only by case
 * or by characters that paths do not have get different paths by their hash.
 * @param extension without a dot.
 */
export function toStorePath(key: string, sha256: string, extension: string): string {
  const shard = hash(key);
  const safe = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .slice(0, MAX_KEY_LENGTH);
  const version = hash(`${key}\n${sha256}`).slice(0, 16);
  return `${shard.slice(0, 2)}/${shard.slice(2, 3)}/${safe}-${version}.${extension}`;
}

/** Whether a file is where those of media records are. Others in the store, such as index.html, belong to the user. */
export function isStorePath(path: string): boolean {
  return /^[0-9a-f]{2}\/[0-9a-f]{1,2}\/[^/]+$/.test(path);
}

/** Names a smaller version of a picture, which is stored beside it. @param width in pixels. */
export function versionPath(path: string, width: number | string): string {
  return `${path}.w${width}.jpg`;
}

/** Lists the paths of a stored file and of its smaller versions. @param sizes their widths: `320,1280`. */
export function listPaths(path: string, sizes: string | null): string[] {
  const widths = sizes === null ? [] : sizes.split(',');
  return [path, ...widths.map((width) => versionPath(path, width))];
}

/** The path of the picture whose smaller version this is: `a.jpg` for `a.jpg.w320.jpg`. Otherwise the path itself. */
export function ownerOf(path: string): string {
  return parseVersion(path)?.owner ?? path;
}

/** Parses the path of a smaller version; undefined for any other path. */
export function parseVersion(path: string): { readonly owner: string; readonly width: number } | undefined {
  const [, owner, width] = /^(.+)\.w(\d+)\.[a-z0-9]+$/.exec(path) ?? [];
  return owner === undefined ? undefined : { owner, width: Number(width) };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
