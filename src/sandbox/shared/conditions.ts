import type { IncomingHttpHeaders } from 'node:http';

/** What identifies the state of a file. */
export type FileState = {
  readonly size: number;
  /** With its quotes. Undefined: it has none. */
  readonly etag: string | undefined;
  /** Milliseconds since the epoch, a whole second. Undefined: not known. */
  readonly modified: number | undefined;
};

/** What an answer sends of a file. `end` is the byte after the last one. */
export type Answer =
  | { readonly status: 200 | 206; readonly start: number; readonly end: number }
  | { readonly status: 304 | 412 | 416 };

/** Decides what a request gets from its conditions and its range. RFC 9110, sections 13 and 14. */
export function decideAnswer(headers: IncomingHttpHeaders, file: FileState): Answer {
  const { etag, modified, size } = file;
  const match = headers['if-match'];
  if (match !== undefined && !hasTag(match, etag)) return { status: 412 };
  const noneMatch = headers['if-none-match'];
  const since = headers['if-modified-since'];
  if (
    noneMatch !== undefined
      ? hasTag(noneMatch, etag)
      : since !== undefined && modified !== undefined && modified <= Date.parse(since)
  )
    return { status: 304 };
  const whole = { status: 200, start: 0, end: size } as const;
  const range = headers.range;
  if (range === undefined || !isCurrent(headers['if-range']?.toString(), file)) return whole;
  return parseRange(range, size) ?? whole;
}

/** A single range: `bytes=5-`, `bytes=5-9` or `bytes=-5`. Undefined: it is ignored. */
function parseRange(range: string, size: number): Answer | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return start >= size || start >= end ? { status: 416 } : { status: 206, start, end };
}

/** A weak tag never matches in If-Range. */
function isCurrent(condition: string | undefined, { etag, modified }: FileState): boolean {
  if (condition === undefined) return true;
  return condition.startsWith('"') || condition.startsWith('W/')
    ? condition === etag
    : Date.parse(condition) === modified;
}

function hasTag(condition: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  return condition
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etag.replace(/^W\//, ''));
}
