import { createHash } from 'node:crypto';
import type { Json } from '../../../sources/items.ts';

/** An answer before conditions, compression and faults. */
export type Reply = {
  readonly status: number;
  readonly type: string;
  /** A generator: a body that is too large for the memory. */
  readonly body: Buffer | Iterable<Buffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** With its quotes. */
  readonly etag?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly modified?: number | undefined;
};

export function replyJson(
  status: number,
  value: Json,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    type: 'application/json; charset=utf-8',
    body: Buffer.from(JSON.stringify(value)),
    headers,
  };
}

/** What an API answers if it cannot read a parameter. */
export function refuse(parameter: string): Reply {
  return replyJson(400, { error: `cannot read ${parameter}` });
}

/**
 * Adds what identifies the state of a body: an ETag and the time of the last change, or what `validators` in the query names:
 * `etag`, `weak` (a weak ETag), `modified`, `none`.
 */
export function withValidators(reply: Reply, modifiedAt: number, query: URLSearchParams): Reply {
  if (reply.status !== 200 || !Buffer.isBuffer(reply.body)) return reply;
  const etag = `"${createHash('sha256').update(reply.body).digest('hex').slice(0, 20)}"`;
  const modified = Math.floor(modifiedAt / 1000) * 1000;
  switch (query.get('validators') ?? '') {
    case 'none':
      return reply;
    case 'etag':
      return { ...reply, etag };
    case 'weak':
      return { ...reply, etag: `W/${etag}` };
    case 'modified':
      return { ...reply, modified };
    default:
      return { ...reply, etag, modified };
  }
}
