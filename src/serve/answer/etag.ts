import { hash } from 'node:crypto';

/** A weak validator of an answer's content; its frame, such as the request's id, is not part of it. */
export function createEtag(content: Buffer, ...more: readonly string[]): string {
  const digest = hash('sha1', content, 'base64url');
  return `W/"${more.length === 0 ? digest : hash('sha1', [digest, ...more].join('\n'), 'base64url')}"`;
}

/** Whether the caller has this content already. RFC 9110, 13.1.2: a list of validators, or *. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = new Set(header.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has('*') || tags.has(etag.replace(/^W\//, ''));
}
