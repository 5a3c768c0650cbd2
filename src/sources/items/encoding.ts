import { isUtf8 } from 'node:buffer';
import { findEncodingProblem } from '../../lib/encoding.ts';
import { normalizeEncoding } from '../../lib/normalize-encoding.ts';
import { findLastBorder } from '../../lib/utf8-border.ts';

/** What the bytes of a text show of its encoding. */
export type ByteFacts = {
  /** The encoding of its byte order mark, or of UTF-16 without one. */
  readonly marked: string | undefined;
  readonly isUtf8: boolean;
};

const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Bytes that are searched for UTF-16 without a mark: every second one is NUL in Latin text. */
const SAMPLE_BYTES = 4096;

/** Examines a text chunk by chunk, because a first bad byte can be anywhere. */
export function createByteExaminer(): {
  readonly add: (chunk: Buffer) => void;
  readonly facts: () => ByteFacts;
} {
  let marked: string | undefined;
  let isFirst = true;
  let isValid = true;
  let rest: Buffer = Buffer.alloc(0);
  return {
    add: (chunk) => {
      if (isFirst && chunk.length > 0) {
        marked = findMark(chunk);
        isFirst = false;
      }
      if (!isValid) return;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = findLastBorder(bytes);
      isValid = isUtf8(bytes.subarray(0, end));
      rest = bytes.subarray(end);
    },
    facts: () => ({ marked, isUtf8: isValid && rest.length === 0 }),
  };
}

/**
 * Decides the encoding of a text: byte order mark, valid UTF-8, the first declared one, windows-1252. Declarations are often
 * wrong, but text in another encoding is hardly ever valid UTF-8.
 */
export function chooseEncoding(facts: ByteFacts, declared: string | undefined): string {
  if (facts.marked !== undefined) return facts.marked;
  if (facts.isUtf8) return 'utf-8';
  return (declared === undefined ? undefined : normalizeEncoding(declared)) ?? 'windows-1252';
}

function findMark(bytes: Buffer): string | undefined {
  const mark = MARKS.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  if (mark !== undefined) return mark[0];
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const from = sample.includes(0) ? findEncodingProblem(sample)?.from : undefined;
  return from === undefined ? undefined : normalizeEncoding(from);
}
