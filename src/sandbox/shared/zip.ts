import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A member of an archive. The optional fields are for archives that must be refused. */
export type ZipMember = {
  readonly name: string;
  readonly chunks: () => Iterable<Buffer>;
  /** Added to the CRC. */
  readonly crcError?: number;
  /** General purpose flags: 1 says that the member is encrypted. */
  readonly flags?: number;
  /** Instead of 8, Deflate: the method that the headers name. */
  readonly method?: number;
  /** Unix mode: 0o120777 is a link. */
  readonly mode?: number;
};

const DEFLATE = 8;
const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
/** 2026-01-05, 03:04:06. */
const DOS_TIME = (3 << 11) | (4 << 5) | 3;
const DOS_DATE = ((2026 - 1980) << 9) | (1 << 5) | 5;
const CRC_OFFSET = 14;

type WrittenMember = ZipMember & {
  readonly start: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
};

/** Writes a ZIP archive without ZIP64: no member may have 4 GB or more. Only one chunk of a member is in memory. */
export async function writeZip(
  file: string,
  members: readonly ZipMember[],
  signal: AbortSignal,
): Promise<void> {
  const handle = await open(file, 'w');
  try {
    const written: WrittenMember[] = [];
    let end = 0;
    for (const member of members) {
      const each = await writeMember(handle, member, end, signal);
      written.push(each);
      end += localHeader(each).length + each.packed;
    }
    await handle.write(endOfArchive(written, end), 0, undefined, end);
  } finally {
    await handle.close();
  }
}

async function writeMember(
  handle: FileHandle,
  member: ZipMember,
  start: number,
  signal: AbortSignal,
): Promise<WrittenMember> {
  const header = localHeader({ ...member, start, crc: 0, packed: 0, size: 0 });
  await handle.write(header, 0, undefined, start);
  const deflate = createDeflateRaw({ level: 3, chunkSize: 1 << 16 });
  const sums = { crc: 0, size: 0 };
  const source = Readable.from(summed(member.chunks(), sums), { objectMode: true, highWaterMark: 2 });
  source.on('error', (error) => deflate.destroy(error)).pipe(deflate);
  let packed = 0;
  for await (const chunk of deflate as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    await handle.write(chunk, 0, undefined, start + header.length + packed);
    packed += chunk.length;
  }
  const crc = (sums.crc + (member.crcError ?? 0)) >>> 0;
  const written = { ...member, start, crc, packed, size: sums.size };
  const fields = localHeader(written).subarray(CRC_OFFSET, CRC_OFFSET + 12);
  await handle.write(fields, 0, undefined, start + CRC_OFFSET);
  return written;
}

function* summed(chunks: Iterable<Buffer>, sums: { crc: number; size: number }): Generator<Buffer> {
  for (const chunk of chunks) {
    sums.crc = crc32(chunk, sums.crc);
    sums.size += chunk.length;
    yield chunk;
  }
}

/** Version, flags, method, time, date, CRC, lengths and length of the name: the same in both kinds of header. */
function commonFields(member: WrittenMember): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(member.flags ?? 0, 2);
  fields.writeUInt16LE(member.method ?? DEFLATE, 4);
  fields.writeUInt16LE(DOS_TIME, 6);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(member.crc, 10);
  fields.writeUInt32LE(member.packed, 14);
  fields.writeUInt32LE(member.size, 18);
  fields.writeUInt16LE(Buffer.byteLength(member.name), 22);
  return fields;
}

function localHeader(member: WrittenMember): Buffer {
  return Buffer.concat([Buffer.from('PK\x03\x04'), commonFields(member), Buffer.from(member.name)]);
}

function centralHeader(member: WrittenMember): Buffer {
  const rest = Buffer.alloc(14);
  // Comment, disk and internal attributes stay 0.
  rest.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(member.start, 10);
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY_UNIX);
  return Buffer.concat([
    Buffer.from('PK\x01\x02'),
    madeBy,
    commonFields(member),
    rest,
    Buffer.from(member.name),
  ]);
}

function endOfArchive(members: readonly WrittenMember[], start: number): Buffer {
  const directory = Buffer.concat(members.map(centralHeader));
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(start, 12);
  return Buffer.concat([directory, Buffer.from('PK\x05\x06'), end]);
}
