import { createHash } from 'node:crypto';

/** A weak validator of an answer's content; its frame, such as the request's id, is not part of it. */
export function createEtag(...parts: readonly string[]): string {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part).update('\n');
  return `W/"${hash.digest('base64url')}"`;
}

/** Whether the caller has this content already. RFC 9110, 13.1.2: a list of validators, or *. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = new Set(header.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has('*') || tags.has(etag.replace(/^W\//, ''));
}
