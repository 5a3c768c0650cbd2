import type { LineReject } from '../../release.ts';
import type { BatchBuilder, Row } from './batch.ts';
import { MAX_LINE_BYTES } from './blocks.ts';
import { decodeText, type LinePlan, type Output } from './plan.ts';

/** Characters of a rejected line that are kept. */
const MAX_RAW_LENGTH = 4096;

const LINE_FEED = '\n';
const CARRIAGE_RETURN = 0x0d;

/** Whole lines of a file, one character a byte. */
export type LineText = {
  readonly text: string;
  /** Bytes before the text in its file. */
  readonly offset: number;
  /** Whether fields of some lines have to be prepared. */
  readonly needsPreparation: boolean;
};

/**
 * Adds lines to the batch, until it has `batchBytes` or the text ends.
 * @param from the index of the first line in the text.
 * @returns the index of the next line in the text.
 */
export function parseLines(
  plan: LinePlan,
  lines: LineText,
  from: number,
  batch: BatchBuilder,
  batchBytes: number,
): number {
  const { text, offset } = lines;
  let start = from;
  while (start < text.length && batch.bytes < batchBytes) {
    const lineFeed = text.indexOf(LINE_FEED, start);
    const next = lineFeed === -1 ? text.length : lineFeed + 1;
    const stop = lineFeed === -1 ? next : lineFeed;
    // A carriage return belongs to the line's end only if it is the last character.
    const end = stop > start && text.charCodeAt(stop - 1) === CARRIAGE_RETURN ? stop - 1 : stop;
    if (stop - start > MAX_LINE_BYTES) batch.addReject(rejectTooLong(plan, text.slice(start, end)));
    else if (start === end) batch.addSkipped();
    else parseLineTo(plan, lines, start, end, batch);
    batch.endLine(offset + next);
    start = next;
  }
  return start;
}

/** Adds the line from `start` to `end` to the batch: as a row, a reject, or skipped. */
function parseLineTo(plan: LinePlan, lines: LineText, start: number, end: number, batch: BatchBuilder): void {
  const measure = plan.locator.locate(lines.text, start, end);
  if (plan.filter !== undefined && !passesFilter(plan, lines, measure)) {
    batch.addSkipped();
    return;
  }
  if (!plan.fits(measure)) {
    batch.addReject(rejectMeasure(plan, measure, lines.text.slice(start, end)));
    return;
  }
  const { outputs } = plan;
  const { text } = lines;
  const needsPreparation = lines.needsPreparation && plan.needsPreparation(text.slice(start, end));
  const row: Row = plan.emptyRow.slice();
  let failed: string[] | undefined;
  for (let index = 0; index < row.length; index += 1) {
    const output = outputs[index]!;
    if (output.field === -1) continue;
    const value = convertField(plan, text, output, needsPreparation);
    if (value === undefined) (failed ??= []).push(output.column);
    else row[index] = value;
  }
  for (const key of plan.keys) {
    if (row[key] !== null) continue;
    batch.addReject(rejectKey(plan, outputs[key]!.column, lines.text.slice(start, end)));
    return;
  }
  for (const column of failed ?? []) batch.addUnconverted(column);
  for (let index = 0; index < row.length; index += 1) {
    const length = row[index]?.length ?? 0;
    if (length > outputs[index]!.length) batch.addLonger(outputs[index]!.column, length);
  }
  batch.addRow(row);
}

function convertField(
  { locator, prepare }: LinePlan,
  text: string,
  { field, convert }: Output,
  needsPreparation: boolean,
): string | null | undefined {
  const start = locator.starts[field]!;
  const end = locator.ends[field]!;
  if (!needsPreparation) return convert(text, start, end);
  const prepared = prepare(text.slice(start, end));
  return convert(prepared, 0, prepared.length);
}

/** A line that is too short to have the column belongs to no other kind of record: it is left to the check of its fields. */
function passesFilter(
  { filter, locator, prepare, table }: LinePlan,
  lines: LineText,
  measure: number,
): boolean {
  const { field, values } = filter!;
  if (table.format.kind === 'delimited' && field >= measure) return true;
  return values.has(prepare(lines.text.slice(locator.starts[field], locator.ends[field])).trim());
}

type Reason = Pick<LineReject, 'reason' | 'message' | 'raw'>;

/** @param line the beginning of the line, at least. */
export function rejectTooLong(plan: LinePlan, line: string): Reason {
  return { reason: 'too-long', message: `more than ${MAX_LINE_BYTES} bytes`, raw: rawOf(plan, line) };
}

function rejectMeasure(plan: LinePlan, measure: number, line: string): Reason {
  const raw = rawOf(plan, line);
  if (plan.table.format.kind === 'fixed')
    return { reason: 'wrong-length', message: `${measure} bytes instead of ${plan.expected}`, raw };
  const reason = measure < plan.minFields ? 'too-few-fields' : 'too-many-fields';
  return { reason, message: `${measure} fields instead of ${plan.expected}`, raw };
}

function rejectKey(plan: LinePlan, column: string, line: string): Reason {
  return {
    reason: 'no-key',
    message: `${column} has no value, but is part of the key`,
    raw: rawOf(plan, line),
  };
}

function rawOf({ table }: LinePlan, line: string): string {
  return decodeText(line, table.encoding).slice(0, MAX_RAW_LENGTH).toWellFormed();
}
