import { parseExact } from '../../lib/exact-json.ts';

/** Member names, prepared for fast lookup. */
export type MemberNames = {
  /** UTF-8. */
  readonly all: readonly Buffer[];
  /** Hash slot → index in `all`; -1: empty. Its length is a power of two. */
  readonly byHash: Int16Array;
  /** Length of the array of offsets: see `scanObject`. */
  readonly offsetsLength: number;
};

/**
 * The keys of the previous object, in order, as offsets in the same bytes. The next object nearly always has the same keys, and
 * comparing them takes half the time of a lookup.
 */
export type KeyTrail = {
  readonly view: DataView;
  readonly starts: Int32Array;
  /** From a key's opening quote to after its colon; 0: unknown. */
  readonly lengths: Int32Array;
  /** Indexes in `MemberNames.all`, or -1. */
  readonly nameIndexes: Int16Array;
};

/** Keys; later ones are looked up. */
const MAX_TRAIL_LENGTH = 2000;

export function createKeyTrail({ buffer, byteOffset, byteLength }: Uint8Array): KeyTrail {
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    starts: new Int32Array(MAX_TRAIL_LENGTH),
    lengths: new Int32Array(MAX_TRAIL_LENGTH),
    nameIndexes: new Int16Array(MAX_TRAIL_LENGTH),
  };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const AT = 0x40;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LETTER_E = 0x65;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Prefix of the server's annotations. */
const ANNOTATION_PREFIX = Buffer.from('@odata.');
const MAX_ANNOTATIONS = 4;

/** JSON.parse handles deeper values: it cannot overflow the stack. */
const MAX_DEPTH = 50;

/** 1: appears unescaped in a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

export function prepareNames(names: readonly string[]): MemberNames {
  const all = names.map((name) => Buffer.from(name));
  const byHash = new Int16Array(2 ** Math.ceil(Math.log2(8 * (all.length + 1)))).fill(-1);
  all.forEach((name, index) => {
    let slot = hashOf(name) & (byHash.length - 1);
    while (byHash[slot]! >= 0) slot = (slot + 1) & (byHash.length - 1);
    byHash[slot] = index;
  });
  return { all, byHash, offsetsLength: 3 * (all.length + MAX_ANNOTATIONS) };
}

function hashOf(name: Buffer): number {
  return name.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0);
}

/**
 * Scans the JSON object that starts at `from`, as strictly as JSON.parse, but creates no values. Saves three offsets per named
 * member, at three times the index of its name: the quote of the key, the value, and the end of the value. Offsets are relative
 * to `from`; they are 0 if the member is missing. Those of `@odata.…` members follow.
 * @param bytes UTF-8.
 * @param trail trail of the same bytes.
 * @returns the offset after its `}`. -1 if it is not JSON, or has something rare that JSON.parse must handle: escapes in keys,
 *   duplicate keys, many annotations, great depth.
 */
export function scanObject(
  bytes: Uint8Array,
  from: number,
  names: MemberNames,
  offsets: Int32Array,
  trail?: KeyTrail,
): number {
  let annotations = names.all.length;
  let at = bytes[from] === OPEN_BRACE ? skipSpace(bytes, from + 1) : -1;
  if (at >= 0 && bytes[at] === CLOSE_BRACE) return at + 1;
  for (let nth = 0; at >= 0 && bytes[at] === QUOTE; nth += 1) {
    const start = at;
    let nameIndex: number;
    if (trail !== undefined && matchesTrail(trail, nth, at)) {
      nameIndex = trail.nameIndexes[nth]!;
      at += trail.lengths[nth]!;
    } else {
      let hash = 0;
      for (at += 1; PLAIN[bytes[at]!] === 1; at += 1) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
      if (bytes[at] !== QUOTE) return -1;
      nameIndex = findName(bytes, start + 1, at, hash, names);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== COLON) return -1;
      at += 1;
      if (trail !== undefined) saveKey(trail, nth, start, at - start, nameIndex);
    }
    const value = skipSpace(bytes, at);
    const end = endOfValue(bytes, value, MAX_DEPTH);
    if (end < 0) return -1;
    const isAnnotation =
      nameIndex < 0 && bytes[start + 1] === AT && startsWithBytes(bytes, start + 1, ANNOTATION_PREFIX);
    const slot = 3 * (isAnnotation ? annotations : nameIndex);
    if (slot >= 0) {
      if (slot >= offsets.length || offsets[slot + 2] !== 0) return -1;
      offsets[slot] = start - from;
      offsets[slot + 1] = value - from;
      offsets[slot + 2] = end - from;
      if (isAnnotation) annotations += 1;
    }
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    at = bytes[at] === COMMA ? skipSpace(bytes, at + 1) : -1;
  }
  return -1;
}

/** Whether the key that starts here is the same as in the previous object. */
function matchesTrail({ view, starts, lengths }: KeyTrail, nth: number, at: number): boolean {
  const length = lengths[nth] ?? 0;
  if (length === 0 || at + length > view.byteLength) return false;
  const previous = starts[nth]!;
  // Four bytes at a time; the last four may overlap the ones before.
  const last = length - 4;
  for (let offset = 0; offset < last; offset += 4) {
    if (view.getUint32(previous + offset, true) !== view.getUint32(at + offset, true)) return false;
  }
  return view.getUint32(previous + last, true) === view.getUint32(at + last, true);
}

function saveKey(
  { starts, lengths, nameIndexes }: KeyTrail,
  nth: number,
  start: number,
  length: number,
  nameIndex: number,
): void {
  starts[nth] = start;
  lengths[nth] = length < 4 ? 0 : length;
  nameIndexes[nth] = nameIndex;
}

/** Parses the JSON between two offsets of `scanObject`; numbers with more digits than a double holds are returned as text. */
export function readJson(bytes: Buffer, start: number, end: number): unknown {
  const first = bytes[start];
  if (first === QUOTE) {
    const text = bytes.toString('utf8', start + 1, end - 1);
    return text.includes('\\') ? JSON.parse(`"${text}"`) : text;
  }
  if (first === LETTER_N) return null;
  if (first === LETTER_T) return true;
  if (first === LETTER_F) return false;
  // A number of up to 15 digits survives conversion to a double: see exact-json.ts.
  if (end - start <= 15 && (first === MINUS || isDigit(first))) {
    const text = bytes.toString('latin1', start, end);
    return /[eE]/.test(text) ? text : Number(text);
  }
  return (parseExact(`[${bytes.toString('utf8', start, end)}]`) as unknown[])[0];
}

/** Returns the index of a name, or -1. */
function findName(
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
  { all, byHash }: MemberNames,
): number {
  const mask = byHash.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const index = byHash[slot]!;
    if (index < 0) return -1;
    const name = all[index]!;
    if (name.length === end - start && startsWithBytes(bytes, start, name)) return index;
  }
}

function startsWithBytes(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let nth = 0; nth < text.length; nth += 1) if (bytes[start + nth] !== text[nth]) return false;
  return true;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** Returns the offset after the value, or -1. */
function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first === LETTER_N) return startsWithBytes(bytes, at, NULL) ? at + 4 : -1;
  if (first === LETTER_T) return startsWithBytes(bytes, at, TRUE) ? at + 4 : -1;
  if (first === LETTER_F) return startsWithBytes(bytes, at, FALSE) ? at + 5 : -1;
  if (first !== OPEN_BRACKET && first !== OPEN_BRACE) return endOfNumber(bytes, at);
  return depth === 0 ? -1 : endOfList(bytes, at, depth - 1);
}

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    while (PLAIN[bytes[at]!] === 1) at += 1;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return -1;
    at = endOfEscape(bytes, at + 1);
    if (at < 0) return -1;
  }
}

const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

function endOfEscape(bytes: Uint8Array, at: number): number {
  if (ESCAPED.has(bytes[at]!)) return at + 1;
  if (bytes[at] !== LETTER_U) return -1;
  for (let nth = 1; nth <= 4; nth += 1) {
    const letter = (bytes[at + nth] ?? 0) | 0x20;
    if (!isDigit(bytes[at + nth]) && (letter < 0x61 || letter > 0x66)) return -1;
  }
  return at + 5;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const whole = skipDigits(bytes, at);
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1;
  at = whole;
  if (bytes[at] === DOT) {
    const fraction = skipDigits(bytes, at + 1);
    if (fraction === at + 1) return -1;
    at = fraction;
  }
  if (((bytes[at] ?? 0) | 0x20) !== LETTER_E) return at;
  const sign = bytes[at + 1];
  const from = sign === MINUS || sign === 0x2b ? at + 2 : at + 1;
  const exponent = skipDigits(bytes, from);
  return exponent === from ? -1 : exponent;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at;
}

/** Returns the offset after an array or an object whose members are not needed, or -1. */
function endOfList(bytes: Uint8Array, start: number, depth: number): number {
  const isObject = bytes[start] === OPEN_BRACE;
  const close = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === close) return at + 1;
  for (;;) {
    if (isObject) {
      at = bytes[at] === QUOTE ? endOfString(bytes, at) : -1;
      at = at < 0 ? -1 : skipSpace(bytes, at);
      if (bytes[at] !== COLON) return -1;
      at = skipSpace(bytes, at + 1);
    }
    const end = endOfValue(bytes, at, depth);
    if (end < 0) return -1;
    at = skipSpace(bytes, end);
    if (bytes[at] === close) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = skipSpace(bytes, at + 1);
  }
}
