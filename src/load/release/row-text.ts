/** How rows are written as text for a statement. */
export type RowNotation = {
  /** Before the first value of a row. */
  readonly start: string;
  /** One character between two values. */
  readonly between: string;
  /** After the last value. */
  readonly end: string;
  readonly null: string;
  /** One character around every other value, or none. */
  readonly quote: string;
  /** Written before each of these characters in a value, which is then taken as it is. */
  readonly escape: string;
  readonly escaped: string;
};

/** For LOAD DATA: fields end with a tab, lines with a line feed, NULL is `\N`, and a backslash escapes. */
export const LINES: RowNotation = {
  start: '',
  between: '\t',
  end: '\n',
  null: '\\N',
  quote: '',
  escape: '\\',
  escaped: '\\\t\n',
};

/** For INSERT, each row with a comma after it. Only a quote is escaped, because NO_BACKSLASH_ESCAPES is on (db/session.ts). */
export const TUPLES: RowNotation = {
  start: '(',
  between: ',',
  end: '),',
  null: 'NULL',
  quote: "'",
  escape: "'",
  escaped: "'",
};

const FIRST_BYTES = 512 * 1024;

/** Most bytes that one code unit of a value becomes: three in UTF-8, or two if it is escaped. */
const MAX_UNIT_BYTES = 3;

/** More than the notation around a row and a value takes, with the columns before. */
const SPARE_BYTES = 64;

/**
 * Writes rows as UTF-8, byte by byte: most values are short, and joining millions of short strings takes twice as long.
 * @param before the values of columns that come before those of the row, already written; at most 32 characters.
 */
export function writeRows(
  notation: RowNotation,
  rows: readonly (readonly (string | null)[])[],
  before: (nth: number) => string,
): Buffer {
  const writer = createRowWriter(notation);
  for (let nth = 0; nth < rows.length; nth += 1) writer.add(rows[nth]!, before(nth));
  return writer.take();
}

/** Writes rows one by one, as `writeRows` does. */
export type RowWriter = {
  /** @param before the values before those of the row, already written; at most 32 characters. */
  add(row: readonly (string | null)[], before: string): void;
  /** Bytes so far. */
  length(): number;
  /** Call it once, after the last row. */
  take(): Buffer;
};

export function createRowWriter(notation: RowNotation): RowWriter {
  const escapes = escapesOf(notation);
  const between = notation.between.charCodeAt(0);
  const quote = notation.quote === '' ? undefined : notation.quote.charCodeAt(0);
  let bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let at = 0;
  const add = (row: readonly (string | null)[], before: string): void => {
    bytes = withRoom(bytes, at, 0);
    at = writeAscii(bytes, at, notation.start + before);
    for (let index = 0; index < row.length; index += 1) {
      const value = row[index]!;
      const length = value === null ? 0 : value.length;
      if (at + length * MAX_UNIT_BYTES + SPARE_BYTES > bytes.length) bytes = withRoom(bytes, at, length);
      bytes[at++] = between;
      if (value === null) {
        at = writeAscii(bytes, at, notation.null);
        continue;
      }
      if (quote !== undefined) bytes[at++] = quote;
      at = writeValue(bytes, at, value, escapes);
      if (quote !== undefined) bytes[at++] = quote;
    }
    at = writeAscii(bytes, at, notation.end);
  };
  return { add, length: () => at, take: () => bytes.subarray(0, at) };
}

type Escapes = {
  /** For each ASCII character the one before it; 0: none. */
  readonly before: Uint8Array;
  readonly find: RegExp;
  readonly findAll: RegExp;
  readonly replacement: string;
};

function escapesOf({ escape, escaped }: RowNotation): Escapes {
  const before = new Uint8Array(128);
  for (const char of escaped) before[char.charCodeAt(0)] = escape.charCodeAt(0);
  const set = `[${escaped.replaceAll('\\', '\\\\')}]`;
  return {
    before,
    find: new RegExp(set),
    findAll: new RegExp(set, 'g'),
    replacement: `${escape}$&`,
  };
}

function withRoom(bytes: Buffer, at: number, length: number): Buffer {
  const needed = at + length * MAX_UNIT_BYTES + SPARE_BYTES;
  if (needed <= bytes.length) return bytes;
  return Buffer.concat([bytes.subarray(0, at)], Math.max(needed, 2 * bytes.length));
}

function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}

/** From this length on, one call of the runtime is faster than writing each unit. */
const MIN_LONG = 64;

function writeValue(bytes: Buffer, start: number, value: string, escapes: Escapes): number {
  if (value.length < MIN_LONG) return writeShort(bytes, start, value, escapes.before);
  const text = escapes.find.test(value) ? value.replace(escapes.findAll, escapes.replacement) : value;
  return start + bytes.write(text, start);
}

function writeShort(bytes: Buffer, start: number, value: string, escapes: Uint8Array): number {
  let at = start;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit >= 0x80) {
      const char = String.fromCodePoint(value.codePointAt(index)!);
      at += bytes.write(char, at);
      index += char.length - 1;
      continue;
    }
    const escape = escapes[unit]!;
    if (escape !== 0) bytes[at++] = escape;
    bytes[at++] = unit;
  }
  return at;
}
