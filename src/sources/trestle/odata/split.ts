import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import {
  type MemberNames,
  prepareNames,
  scanObject,
  createKeyTrail,
} from '../../../transform/scan/scan-json.ts';
import type { RawRecord } from '../../../model/page.ts';
import { Spans } from './spans.ts';

export type SplitPage<Records = RawRecord[]> = {
  /** The whole answer; records are parts of it. */
  readonly body: Buffer;
  /** The answer with `value` emptied. */
  readonly envelope: Record<string, unknown>;
  readonly records: Records;
  /** Indexes of records whose bytes are not valid UTF-8. */
  readonly damaged: Set<number>;
};

/** Records that become strings when they are read: as strings, 300,000 would take more memory than the answer. */
export type RecordList = Pick<readonly RawRecord[], 'length'> & {
  readonly slice: (from: number, to: number) => readonly RawRecord[];
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Splitting a full page takes about 30 ms; without a break, the database would wait for its next statement. */
const YIELD_AFTER_RECORDS = 20;

/**
 * Splits an answer's bytes into the records of its `value`. Each record keeps its bytes and is parsed separately, so one
 * broken record does not affect the others. This is half the work of parsing the page and serializing each record.
 * @param names members to locate while scanning, in records that are regular JSON objects.
 * @throws SyntaxError if the answer is not a JSON object with a list `value`.
 */
export async function splitPage(body: Buffer, names: readonly string[] = []): Promise<SplitPage> {
  const list = findListStart(body);
  const isWhole = isUtf8(body);
  const scan = names.length === 0 || !isWhole ? undefined : createScanner(body, names);
  const found = await findRecords(body, list, scan);
  const envelope = parseEnvelope(body, list, found);
  const damaged = findDamaged(body, isWhole, found);
  return { body, envelope, damaged, records: decodeRecords(body, found, names) };
}

/**
 * Splits an answer in the same way, and decodes its records when they are read.
 * @throws SyntaxError if the answer is not a JSON object with a list `value`.
 */
export async function splitKeyPage(body: Buffer): Promise<SplitPage<RecordList>> {
  const list = findListStart(body);
  const found = await findRecords(body, list, undefined);
  const envelope = parseEnvelope(body, list, found);
  const damaged = findDamaged(body, isUtf8(body), found);
  const slice = (from: number, to: number): RawRecord[] => decodeRecords(body, found, [], from, to);
  return { body, envelope, damaged, records: { length: found.spans.length, slice } };
}

/**
 * Creates a function that splits lists inside of an answer into their records, as `splitPage` does.
 * @param body UTF-8. The function takes the offset of a list's `[`.
 */
export function createListSplitter(
  body: Buffer,
  names: readonly string[],
): (from: number) => Promise<RawRecord[]> {
  const scan = createScanner(body, names);
  return async (from) => {
    return decodeRecords(body, await findRecords(body, from + 1, scan), names);
  };
}

/** Finds the records of the list whose first record may start at `list`, and the offset of its `]`. */
async function findRecords(
  body: Buffer,
  list: number,
  scan: ((from: number) => ScanResult | undefined) | undefined,
): Promise<FoundRecords> {
  const spans = new Spans();
  const scans: ScanResult[] = [];
  let scanned: ScanResult | undefined;
  let depth = 0;
  let start = -1;
  let at = list;
  for (; at < body.length; at += 1) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      if (start < 0) start = at;
      at = findStringEnd(body, at);
    } else if (byte === OPEN_BRACE && start < 0 && (scanned = scan?.(at)) !== undefined) {
      start = at;
      at = scanned.end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === 0 && start < 0) start = at;
      depth += 1;
    } else if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
      if (start >= 0 && scanned !== undefined) scans[spans.length] = scanned;
      if (start >= 0) spans.add(start, at);
      if (spans.length % YIELD_AFTER_RECORDS === 0) await setImmediate();
      start = -1;
      scanned = undefined;
      if (byte === CLOSE_BRACKET) break;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
    } else if (start < 0 && byte > 0x20) {
      start = at;
    }
  }
  return { spans, scans, end: at };
}

function parseEnvelope(body: Buffer, list: number, { end }: FoundRecords): Record<string, unknown> {
  const json = body.toString('utf8', 0, list) + body.toString('utf8', end);
  return JSON.parse(json) as Record<string, unknown>;
}

const RECORDS_PER_BLOCK = 100;

type ScanResult = { readonly end: number; readonly places: Int32Array };
type FoundRecords = {
  readonly spans: Spans;
  /** By index, of records that were scanned. */
  readonly scans: readonly (ScanResult | undefined)[];
  /** The offset of the list's `]`. */
  readonly end: number;
};

function createScanner(body: Buffer, names: readonly string[]): (from: number) => ScanResult | undefined {
  const table: MemberNames = prepareNames(names);
  const trail = createKeyTrail(body);
  let block = new Int32Array(0);
  return (from) => {
    // One array for many records: a separate one for each would burden the garbage collector.
    if (block.length < table.offsetsLength) block = new Int32Array(RECORDS_PER_BLOCK * table.offsetsLength);
    const places = block.subarray(0, table.offsetsLength);
    const end = scanObject(body, from, table, places, trail);
    if (end < 0) places.fill(0);
    else block = block.subarray(table.offsetsLength);
    return end < 0 ? undefined : { end, places };
  };
}

function findDamaged(body: Buffer, isWhole: boolean, { spans }: FoundRecords): Set<number> {
  const damaged = new Set<number>();
  if (isWhole) return damaged;
  for (let index = 0; index < spans.length; index += 1) {
    if (!isUtf8(body.subarray(spans.start(index), spans.end(index)))) damaged.add(index);
  }
  return damaged;
}

function decodeRecords(
  body: Buffer,
  { spans, scans }: FoundRecords,
  names: readonly string[],
  from = 0,
  to = spans.length,
): RawRecord[] {
  const records: RawRecord[] = [];
  for (let index = from; index < Math.min(to, spans.length); index += 1) {
    const [start, end, scanned] = [spans.start(index), spans.end(index), scans[index]];
    const isAll = scanned !== undefined && body.toString('utf8', scanned.end, end).trimEnd() === '';
    records.push(
      isAll
        ? { bytes: body.subarray(start, scanned.end), names, offsets: scanned.places }
        : body.toString('utf8', start, end).trimEnd(),
    );
  }
  return records;
}

/** Finds the offset after the `[` of the top-level `value`. */
function findListStart(body: Buffer): number {
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      const end = findStringEnd(body, at);
      const list =
        depth === 1 && body.toString('latin1', at, end + 1) === '"value"' ? findListAfter(body, end + 1) : -1;
      if (list >= 0) return list;
      at = end;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
  }
  throw new SyntaxError('the answer has no list "value"');
}

/** Finds the offset after `: [`; -1 if something else follows. */
function findListAfter(body: Buffer, from: number): number {
  const colon = skipSpace(body, from);
  if (body[colon] !== COLON) return -1;
  const bracket = skipSpace(body, colon + 1);
  return body[bracket] === OPEN_BRACKET ? bracket + 1 : -1;
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && body[at]! <= 0x20) at += 1;
  return at;
}

/** Finds the offset of the quote that ends the string at `start`. */
function findStringEnd(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end >= 0 && isEscaped(body, end)) end = body.indexOf(QUOTE, end + 1);
  if (end < 0) throw new SyntaxError('the answer ends inside a string');
  return end;
}

function isEscaped(body: Buffer, quote: number): boolean {
  let at = quote - 1;
  while (body[at] === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 0;
}
