import { setImmediate } from 'node:timers/promises';
import { type PackedRows, packRows, type SendMethod } from '../../load/release/send-rows.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { LineBatch } from '../../sources/release.ts';

/** Several batches with their rows packed, for one transaction. */
export type PackedBatch = Omit<LineBatch, 'rows' | 'lineNumbers'> & { readonly packs: readonly PackedRows[] };

export type PackTarget = {
  readonly table: ReleaseTable;
  readonly name: string;
  readonly year: number;
  readonly method: SendMethod;
};

/** Bytes of rows in a transaction: a commit waits for the disk, and a batch is small. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Packs the rows of each batch as soon as it is read, and joins batches until they have `MAX_BYTES`. */
export async function* packBatches(
  batches: AsyncIterable<LineBatch>,
  { method, ...target }: PackTarget,
): AsyncGenerator<PackedBatch> {
  let joined: PackedBatch | undefined;
  for await (const { rows, lineNumbers, ...batch } of batches) {
    // Reading and packing never wait, so the socket would be served only between two transactions, and the server would idle.
    await setImmediate();
    const packs = packRows({ ...target, rows, lineNumbers }, method);
    joined = joined === undefined ? { ...batch, packs } : join(joined, { ...batch, packs });
    if (bytesOf(joined) < MAX_BYTES) continue;
    yield joined;
    joined = undefined;
  }
  if (joined !== undefined) yield joined;
}

function join(one: PackedBatch, other: PackedBatch): PackedBatch {
  return {
    packs: [...one.packs, ...other.packs],
    lines: one.lines + other.lines,
    skipped: one.skipped + other.skipped,
    rejects: [...one.rejects, ...other.rejects],
    unconverted: [...one.unconverted, ...other.unconverted],
    longer: [...one.longer, ...other.longer],
    next: other.next,
  };
}

function bytesOf({ packs }: PackedBatch): number {
  return packs.reduce((sum, { text }) => sum + text.length, 0);
}
