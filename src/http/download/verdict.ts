import { readDate } from '../headers.ts';
import { type FileRecord, identifyUrl, type Part } from './part.ts';
import {
  contradicts,
  ifChanged,
  isSameState,
  isStrongTag,
  readLength,
  readValidators,
  type Validators,
} from './validators.ts';

/** What is on disk, and what the caller knows. */
export type Known = {
  readonly part: Part | undefined;
  readonly whole: FileRecord | undefined;
  /** The last release: nothing is fetched if the file is still the same. */
  readonly release: Validators | undefined;
};

/** What an answer means for the download. */
export type Verdict =
  /** The body is the file from `place`; `record` describes the file, `total` is its length. */
  | {
      readonly kind: 'body';
      readonly place: number;
      readonly total: number | undefined;
      readonly record: FileRecord;
    }
  /** The part has all bytes. */
  | { readonly kind: 'complete'; readonly record: FileRecord }
  /** The file on disk is the server's. */
  | { readonly kind: 'whole'; readonly record: FileRecord }
  | { readonly kind: 'unchanged' }
  /** 404, or 410: it will not return. */
  | { readonly kind: 'absent'; readonly isGone: boolean }
  /** Request the file without range and condition. */
  | { readonly kind: 'restart'; readonly reason: string }
  /** The answer is an error. */
  | { readonly kind: 'refused' };

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** The headers that ask for the rest of the part, or for the file unless it is known. */
export function conditionOf({ part, whole, release }: Known): Record<string, string> {
  if (part !== undefined) {
    return { Range: `bytes=${part.length}-`, 'If-Range': part.record.ifRange ?? '' };
  }
  return ifChanged(whole ?? release ?? NOTHING);
}

const NOTHING: Validators = { etag: undefined, lastModified: undefined, bytes: undefined };

/** Decides what an answer means (RFC 9110, 14 and 15). */
export function judge(url: string, known: Known, { status, headers }: Answer): Verdict {
  const { part, whole, release } = known;
  if (status === 404 || status === 410) return { kind: 'absent', isGone: status === 410 };
  if (status === 304) return judgeUnmodified(known, headers);
  if (status === 206 && part !== undefined) return judgePartial(part, headers);
  if (status === 416 && part !== undefined) return judgeUnsatisfiable(part, headers);
  if (status === 412 && part !== undefined) return { kind: 'restart', reason: 'the file has changed' };
  if (status !== 200) return { kind: 'refused' };
  const found = readValidators(headers);
  if (release !== undefined && isSameState(release, found)) return { kind: 'unchanged' };
  if (whole !== undefined && isSameState(whole, found)) return { kind: 'whole', record: whole };
  const record = { ...found, url: identifyUrl(url), ifRange: ifRangeOf(headers), sha256: undefined };
  return { kind: 'body', place: 0, total: found.bytes, record };
}

function judgeUnmodified(
  { part, whole, release }: Known,
  headers: Readonly<Record<string, string>>,
): Verdict {
  const asked = part === undefined ? (whole ?? release) : undefined;
  if (asked === undefined || Object.keys(ifChanged(asked)).length === 0) return { kind: 'refused' };
  if (contradicts(headers, asked)) return { kind: 'restart', reason: 'the 304 is for another file' };
  if (release !== undefined && (whole === undefined || isSameState(whole, release))) {
    return { kind: 'unchanged' };
  }
  return { kind: 'whole', record: whole! };
}

function judgePartial(part: Part, headers: Readonly<Record<string, string>>): Verdict {
  const range = readContentRange(headers);
  const { record, length } = part;
  if (range === undefined) return { kind: 'restart', reason: 'a 206 without a range' };
  if (range.start !== length || range.end >= range.total) {
    return { kind: 'restart', reason: `bytes from ${length} were requested, ${range.text} were sent` };
  }
  if (range.total !== (record.bytes ?? range.total)) {
    return { kind: 'restart', reason: `the file had ${record.bytes} bytes and now has ${range.total}` };
  }
  if (contradicts(headers, record)) return { kind: 'restart', reason: 'the file has changed' };
  const bytes = readLength(headers);
  if (bytes !== undefined && bytes !== range.end - range.start + 1) {
    return { kind: 'restart', reason: `${bytes} bytes do not fit ${range.text}` };
  }
  return {
    kind: 'body',
    place: length,
    total: range.total,
    record: { ...record, bytes: range.total },
  };
}

function judgeUnsatisfiable(part: Part, headers: Readonly<Record<string, string>>): Verdict {
  const total = /^bytes \*\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1];
  const { record, length } = part;
  const isWhole =
    Number(total) === length && (record.bytes ?? length) === length && !contradicts(headers, record);
  return isWhole
    ? { kind: 'complete', record: { ...record, bytes: length } }
    : { kind: 'restart', reason: `the part has ${length} bytes, the file ${total ?? 'another number'}` };
}

function readContentRange(
  headers: Readonly<Record<string, string>>,
):
  | { readonly start: number; readonly end: number; readonly total: number; readonly text: string }
  | undefined {
  const text = headers['content-range'] ?? '';
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(text);
  if (found === null) return undefined;
  return { start: Number(found[1]), end: Number(found[2]), total: Number(found[3]), text };
}

/**
 * What the rest of the file can be requested with: a strong ETag, otherwise a Last-Modified that is strong: at least a second
 * older than the answer (RFC 9110, 8.8.2.2 and 13.1.5).
 */
function ifRangeOf(headers: Readonly<Record<string, string>>): string | undefined {
  const { etag, lastModified } = readValidators(headers);
  if (etag !== undefined && isStrongTag(etag)) return etag;
  const sent = readDate(headers);
  const isStrong = sent !== undefined && sent - Date.parse(lastModified ?? '') >= 1000;
  return isStrong ? lastModified : undefined;
}
