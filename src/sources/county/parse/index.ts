import type { FilePlace, LineBatch, LineReject } from '../../release.ts';
import type { LayoutTable } from '../layouts/layout.ts';
import { BatchBuilder, type Row } from './batch.ts';
import { type Block, readBlocks } from './blocks.ts';
import {
  BYTE_ORDER_MARK,
  type FieldMap,
  type HeaderReport,
  isHeader,
  mapByPosition,
  mapHeader,
  readNames,
} from './header.ts';
import { type LineText, parseLines, rejectTooLong } from './parse-lines.ts';
import { createPlan, type LinePlan, type PlanOptions } from './plan.ts';

export type { HeaderReport } from './header.ts';

/**
 * Bytes of a file that become one batch: about 6000 short lines. With larger batches, rows outlive the collector's young
 * generation, and collecting them costs more than parsing.
 */
const BATCH_BYTES = 256 * 1024;

export type ParseOptions = PlanOptions & {
  /** Resumes after this place, which a batch of the same file had in `next`. */
  readonly from: FilePlace | undefined;
  /** Bytes of the file in a batch, at least; batches end at the same lines however the chunks are cut. */
  readonly batchBytes?: number | undefined;
  /** The file, for messages: `Real_acct_owner.zip/real_acct.txt`. */
  readonly label?: string | undefined;
  /** Called once, before the first batch. */
  readonly onHeader?: ((report: HeaderReport) => void) | undefined;
};

/**
 * Parses the lines of one file. Every line is a row, a reject or skipped. Holds one batch in memory, and at most 2 MB of the
 * file.
 * @param chunks the file from its first byte, also if it is resumed: the header decides which field is which column.
 * @throws ConfigError before the first batch if the header lacks a column.
 */
export async function* parseMember(
  table: LayoutTable,
  chunks: AsyncIterable<Buffer>,
  options: ParseOptions,
): AsyncGenerator<LineBatch> {
  const from = options.from ?? { line: 0, offset: 0 };
  const batchBytes = options.batchBytes ?? BATCH_BYTES;
  const batch = new BatchBuilder(from);
  let plan: LinePlan | undefined;
  for await (const block of readBlocks(chunks, from.offset)) {
    if (plan === undefined) {
      const first = readFirstLine(table, block, options.label ?? table.name);
      plan = createPlan(table, first.map, options);
      options.onHeader?.(first.report);
      if (first.report.hasHeader && from.offset === 0) batch.skipTo(block.end);
      if (first.report.hasHeader || from.offset > 0) continue;
    }
    yield* parseBlock(plan, block, batch, batchBytes);
  }
  if (batch.lines > 0) yield batch.take();
}

function* parseBlock(
  plan: LinePlan,
  block: Block,
  batch: BatchBuilder,
  batchBytes: number,
): Generator<LineBatch> {
  if (block.isCut) {
    batch.addReject(rejectTooLong(plan, block.text));
    batch.endLine(block.end);
    if (batch.bytes >= batchBytes) yield batch.take();
    return;
  }
  const lines = textOf(plan, block.text, block.offset);
  let at = block.offset === 0 && block.text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  while (at < block.text.length) {
    at = parseLines(plan, lines, at, batch, batchBytes);
    if (batch.bytes >= batchBytes) yield batch.take();
  }
}

function textOf(plan: LinePlan, text: string, offset: number): LineText {
  return { text, offset, needsPreparation: plan.needsPreparation(text) };
}

function readFirstLine(
  table: LayoutTable,
  block: Block,
  label: string,
): { map: FieldMap; report: HeaderReport } {
  const names = block.isCut ? [] : readNames(table, block.text.replace(/\r?\n$/, ''));
  if (isHeader(table, names)) return mapHeader(table, names, label);
  return { map: mapByPosition(table), report: { hasHeader: false, unknown: [], missing: [] } };
}

/** One line, parsed on its own. */
export type ParsedLine = { readonly row: Row } | { readonly reject: LineReject } | { readonly skipped: true };

/**
 * Parses a line that was rejected, for a replay with a corrected layout.
 * @param raw the line as text, without its line end.
 * @param options.header the first line of its file, if that is a header; otherwise the fields are those of the layout.
 */
export function parseLine(
  table: LayoutTable,
  raw: string,
  options: PlanOptions & { readonly header?: string | undefined; readonly label?: string | undefined },
): ParsedLine {
  // The text is decoded already.
  const decoded: LayoutTable = { ...table, encoding: 'latin1' };
  const map =
    options.header === undefined
      ? mapByPosition(table)
      : mapHeader(decoded, readNames(decoded, options.header), options.label ?? table.name).map;
  const plan = createPlan(decoded, map, options);
  const batch = new BatchBuilder({ line: 0, offset: 0 });
  parseLines(plan, textOf(plan, raw, 0), 0, batch, Infinity);
  const { rows, rejects } = batch.take();
  if (rows[0] !== undefined) return { row: [...rows[0]] };
  return rejects[0] === undefined ? { skipped: true } : { reject: rejects[0] };
}
