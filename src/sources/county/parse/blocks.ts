import { FatalError } from '../../../errors.ts';

/** Bytes. A longer line is a reject, and is not held in memory. */
export const MAX_LINE_BYTES = 1 << 20;

/** Bytes of a line that is too long which are kept for its reject. */
const KEPT_BYTES = 4096;

/** Bytes that become one string at a time. V8 allocates memory for each string above 128 KB, which takes longer than parsing it. */
const MAX_PIECE_BYTES = 1 << 16;

const LINE_FEED = 0x0a;

/** Whole lines, one character a byte. Only the last line of a file can lack its line feed. */
export type Block = {
  readonly text: string;
  /** Bytes before it in the file. */
  readonly offset: number;
  /** The block's end in the file. */
  readonly end: number;
  /** Whether this is the beginning of a single line that is too long. */
  readonly isCut: boolean;
};

/**
 * Cuts a file at ends of lines. The first block is the first line alone; of the others, those before `from` are left out
 * without a look at them.
 * @param from the offset of a line's start.
 * @throws FatalError if the file ends before `from`.
 */
export async function* readBlocks(chunks: AsyncIterable<Buffer>, from: number): AsyncGenerator<Block> {
  const reader = new BlockReader(from);
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += MAX_PIECE_BYTES) {
      yield* reader.add(chunk.subarray(start, start + MAX_PIECE_BYTES));
    }
  }
  yield* reader.finish();
}

class BlockReader {
  readonly #from: number;
  /** The start of a line whose end has not arrived. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The offset of the first held byte. */
  #offset = 0;
  #isFirstLine = true;

  constructor(from: number) {
    this.#from = from;
  }

  *add(piece: Buffer): Generator<Block> {
    let rest = piece;
    while (rest.length > 0) {
      rest = this.#skip(rest);
      const isSingle = this.#isFirstLine || this.#isTooLong();
      const last = isSingle ? rest.indexOf(LINE_FEED) : rest.lastIndexOf(LINE_FEED);
      if (last === -1) {
        this.#hold(rest);
        return;
      }
      yield this.#take(rest.subarray(0, last + 1));
      rest = rest.subarray(last + 1);
    }
  }

  *finish(): Generator<Block> {
    if (this.#heldBytes > 0) yield this.#take(Buffer.alloc(0));
    if (this.#offset < this.#from)
      throw new FatalError(
        `the file ends after ${this.#offset} bytes, but ${this.#from} bytes of it were read before`,
        { op: 'read file', hint: 'the file has changed: import the release from its start' },
      );
  }

  /** Drops bytes before `from`, except those of the first line. */
  #skip(piece: Buffer): Buffer {
    if (this.#isFirstLine || this.#offset >= this.#from) return piece;
    const skipped = Math.min(this.#from - this.#offset, piece.length);
    this.#offset += skipped;
    return piece.subarray(skipped);
  }

  #isTooLong(): boolean {
    return this.#heldBytes > MAX_LINE_BYTES;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    const wasTooLong = this.#isTooLong();
    this.#heldBytes += piece.length;
    if (wasTooLong) return;
    this.#held.push(piece);
    if (this.#isTooLong()) this.#held = [Buffer.concat(this.#held).subarray(0, KEPT_BYTES)];
  }

  /** Ends the block with these bytes. */
  #take(piece: Buffer): Block {
    const isCut = this.#isTooLong();
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([...this.#held, ...(isCut ? [] : [piece])]);
    const offset = this.#offset;
    const end = offset + this.#heldBytes + piece.length;
    this.#offset = end;
    this.#held = [];
    this.#heldBytes = 0;
    this.#isFirstLine = false;
    return { text: bytes.toString('latin1'), offset, end, isCut };
  }
}
