import { crc32 } from 'node:zlib';
import { damage, refusal, UNPACK_HINT } from './archive.ts';
import { detectFormat } from './format.ts';

const MIN_CHUNK_BYTES = 64 * 1024;

/** Joins chunks that are shorter than 64 KB. */
export async function* joinChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let short: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    if (length === 0 && chunk.length >= MIN_CHUNK_BYTES) {
      yield chunk;
      continue;
    }
    short.push(chunk);
    length += chunk.length;
    if (length < MIN_CHUNK_BYTES) continue;
    yield Buffer.concat(short, length);
    short = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(short, length);
}

export type Expected = {
  /** Archive and member, for messages. */
  readonly title: string;
  readonly bytes: number | undefined;
  readonly crc: number | undefined;
};

/**
 * Passes the bytes of a member on, and checks its length and CRC before it ends.
 * @throws DamagedFileError if they differ; FatalError if the member is an archive itself.
 */
export async function* checkContent(
  chunks: AsyncIterable<Buffer>,
  { title, bytes, crc }: Expected,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let length = 0;
  let sum = 0;
  for await (const chunk of joinChunks(chunks)) {
    signal.throwIfAborted();
    if (length === 0) ensureText(title, chunk);
    length += chunk.length;
    if (length > (bytes ?? length)) throw damage(title, `it has more than the declared ${bytes} bytes`);
    if (crc !== undefined) sum = crc32(chunk, sum);
    yield chunk;
  }
  signal.throwIfAborted();
  if (length !== (bytes ?? length)) throw damage(title, `it has ${length} bytes, declared are ${bytes}`);
  if (crc !== undefined && sum !== crc) {
    throw damage(title, `its CRC is ${formatCrc(sum)}, the archive has ${formatCrc(crc)}`);
  }
}

/** @throws FatalError if these first bytes are those of an archive or a web page. */
export function ensureText(title: string, start: Buffer): void {
  const format = detectFormat(start);
  if (format === 'text' || format === 'empty') return;
  if (format === 'HTML') {
    throw refusal(title, 'it is a web page', 'open the address in a browser: the file may have moved');
  }
  throw refusal(title, `it is a ${format} archive itself, which is not unpacked`, UNPACK_HINT);
}

function formatCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
