import { parseExact } from '../../lib/exact-json.ts';

/** Names of an object's members, made ready to be found. */
export type Names = {
  /** In bytes. */
  readonly all: readonly Buffer[];
  /** Places in `all` by hash; -1 where there is none. A power of two long. */
  readonly byHash: Int16Array;
  /** Numbers that the places of these members take: see `scanObject`. */
  readonly room: number;
};

/**
 * The names that the object read last had, in their order, as places in the same bytes: the next one has nearly always
 * the same, which is seen in half of the time that it takes to look them up.
 */
export type Trail = {
  readonly view: DataView;
  readonly starts: Int32Array;
  /** From a name's quote to behind its colon; 0: not known. */
  readonly lengths: Int32Array;
  /** Places among the names that are looked for, or -1. */
  readonly named: Int16Array;
};

/** Members; what is behind them is looked up. */
const LONGEST_TRAIL = 2000;

export function trailIn({ buffer, byteOffset, byteLength }: Uint8Array): Trail {
  return {
    view: new DataView(buffer, byteOffset, byteLength),
    starts: new Int32Array(LONGEST_TRAIL),
    lengths: new Int32Array(LONGEST_TRAIL),
    named: new Int16Array(LONGEST_TRAIL),
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

/** What the server notes beside a record's own fields. */
const NOTE = Buffer.from('@odata.');
const MOST_NOTES = 4;

/** Deeper ones are left to JSON.parse, which has no stack to run out of. */
const DEEPEST = 50;

/** 1: stands in a string as it is. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

export function namesOf(names: readonly string[]): Names {
  const all = names.map((name) => Buffer.from(name));
  const byHash = new Int16Array(2 ** Math.ceil(Math.log2(8 * (all.length + 1)))).fill(-1);
  all.forEach((name, place) => {
    let slot = hashOf(name) & (byHash.length - 1);
    while (byHash[slot]! >= 0) slot = (slot + 1) & (byHash.length - 1);
    byHash[slot] = place;
  });
  return { all, byHash, room: 3 * (all.length + MOST_NOTES) };
}

function hashOf(name: Buffer): number {
  return name.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0);
}

/**
 * Reads over the JSON object that begins at `from`, as strictly as JSON.parse, without making anything of it, and notes
 * where its named members stand: at three times the name's place begins the name's quote, then the value, then what is
 * behind the value; counted from `from`, zeros where there is no such member. Then come those of `@odata.…` members.
 * @param bytes UTF-8.
 * @param trail of the same bytes.
 * @returns the place behind its `}`. -1 where it is no JSON, and for what is rare, which is left to JSON.parse: escapes in
 *   names, members that stand twice, many notes, great depth.
 */
export function scanObject(
  bytes: Uint8Array,
  from: number,
  names: Names,
  places: Int32Array,
  trail?: Trail,
): number {
  let notes = names.all.length;
  let at = bytes[from] === OPEN_BRACE ? afterSpace(bytes, from + 1) : -1;
  if (at >= 0 && bytes[at] === CLOSE_BRACE) return at + 1;
  for (let nth = 0; at >= 0 && bytes[at] === QUOTE; nth += 1) {
    const start = at;
    let named: number;
    if (trail !== undefined && isNext(trail, nth, at)) {
      named = trail.named[nth]!;
      at += trail.lengths[nth]!;
    } else {
      let hash = 0;
      for (at += 1; PLAIN[bytes[at]!] === 1; at += 1) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
      if (bytes[at] !== QUOTE) return -1;
      named = find(bytes, start + 1, at, hash, names);
      at = afterSpace(bytes, at + 1);
      if (bytes[at] !== COLON) return -1;
      at += 1;
      if (trail !== undefined) follow(trail, nth, start, at - start, named);
    }
    const value = afterSpace(bytes, at);
    const end = endOfValue(bytes, value, DEEPEST);
    if (end < 0) return -1;
    const isNote = named < 0 && bytes[start + 1] === AT && begins(bytes, start + 1, NOTE);
    const place = 3 * (isNote ? notes : named);
    if (place >= 0) {
      if (place >= places.length || places[place + 2] !== 0) return -1;
      places[place] = start - from;
      places[place + 1] = value - from;
      places[place + 2] = end - from;
      if (isNote) notes += 1;
    }
    at = afterSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    at = bytes[at] === COMMA ? afterSpace(bytes, at + 1) : -1;
  }
  return -1;
}

/** Whether the name that begins here is the one that stood there before. */
function isNext({ view, starts, lengths }: Trail, nth: number, at: number): boolean {
  const length = lengths[nth] ?? 0;
  if (length === 0 || at + length > view.byteLength) return false;
  const before = starts[nth]!;
  // Four bytes at a time; of the last four some are compared twice.
  const last = length - 4;
  for (let far = 0; far < last; far += 4) {
    if (view.getUint32(before + far, true) !== view.getUint32(at + far, true)) return false;
  }
  return view.getUint32(before + last, true) === view.getUint32(at + last, true);
}

function follow(
  { starts, lengths, named }: Trail,
  nth: number,
  start: number,
  length: number,
  place: number,
): void {
  starts[nth] = start;
  lengths[nth] = length < 4 ? 0 : length;
  named[nth] = place;
}

/** The value of JSON between two places that `scanObject` gave; numbers with more digits than a double holds as text. */
export function readJson(bytes: Buffer, start: number, end: number): unknown {
  const first = bytes[start];
  if (first === QUOTE) {
    const text = bytes.toString('utf8', start + 1, end - 1);
    return text.includes('\\') ? JSON.parse(`"${text}"`) : text;
  }
  if (first === LETTER_N) return null;
  if (first === LETTER_T) return true;
  if (first === LETTER_F) return false;
  // A number of up to 15 digits survives the way through a double: see exact-json.ts.
  if (end - start <= 15 && (first === MINUS || isDigit(first))) {
    const text = bytes.toString('latin1', start, end);
    return /[eE]/.test(text) ? text : Number(text);
  }
  return (parseExact(`[${bytes.toString('utf8', start, end)}]`) as unknown[])[0];
}

/** The place of a name in the list, or -1. */
function find(bytes: Uint8Array, start: number, end: number, hash: number, { all, byHash }: Names): number {
  const mask = byHash.length - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const place = byHash[slot]!;
    if (place < 0) return -1;
    const name = all[place]!;
    if (name.length === end - start && begins(bytes, start, name)) return place;
  }
}

function begins(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let nth = 0; nth < text.length; nth += 1) if (bytes[start + nth] !== text[nth]) return false;
  return true;
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** The place behind the value, or -1. */
function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first === LETTER_N) return begins(bytes, at, NULL) ? at + 4 : -1;
  if (first === LETTER_T) return begins(bytes, at, TRUE) ? at + 4 : -1;
  if (first === LETTER_F) return begins(bytes, at, FALSE) ? at + 5 : -1;
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
  const whole = afterDigits(bytes, at);
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1;
  at = whole;
  if (bytes[at] === DOT) {
    const fraction = afterDigits(bytes, at + 1);
    if (fraction === at + 1) return -1;
    at = fraction;
  }
  if (((bytes[at] ?? 0) | 0x20) !== LETTER_E) return at;
  const sign = bytes[at + 1];
  const from = sign === MINUS || sign === 0x2b ? at + 2 : at + 1;
  const exponent = afterDigits(bytes, from);
  return exponent === from ? -1 : exponent;
}

function afterDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at;
}

/** Of an array, or of an object of which no member is looked for. */
function endOfList(bytes: Uint8Array, start: number, depth: number): number {
  const isObject = bytes[start] === OPEN_BRACE;
  const close = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
  let at = afterSpace(bytes, start + 1);
  if (bytes[at] === close) return at + 1;
  for (;;) {
    if (isObject) {
      at = bytes[at] === QUOTE ? endOfString(bytes, at) : -1;
      at = at < 0 ? -1 : afterSpace(bytes, at);
      if (bytes[at] !== COLON) return -1;
      at = afterSpace(bytes, at + 1);
    }
    const end = endOfValue(bytes, at, depth);
    if (end < 0) return -1;
    at = afterSpace(bytes, end);
    if (bytes[at] === close) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = afterSpace(bytes, at + 1);
  }
}
