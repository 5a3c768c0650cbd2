import { crc32, deflateRawSync } from 'node:zlib';

/** An entry; everything that a broken or hostile archive has wrong can be set. */
export type ZipEntry = {
  readonly name: string | Buffer;
  readonly data?: Buffer | string;
  /** 8, deflated, unless set; other methods are only claimed. */
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** The claimed length. */
  readonly bytes?: number;
  /** Unix mode with the file's type. */
  readonly mode?: number;
  /** Use the data of an earlier entry. */
  readonly sharesWith?: number;
};

/** Writes a ZIP archive. @param zip64 all sizes and offsets are in ZIP64 fields. */
export function writeZip(entries: readonly ZipEntry[], { zip64 = false } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  entries.forEach((entry) => {
    const { method = 8, flags = 0, mode = 0o100644, sharesWith } = entry;
    const name = Buffer.from(entry.name);
    const data = Buffer.from(entry.data ?? '');
    const packed = method === 8 ? deflateRawSync(data) : data;
    const crc = entry.crc ?? crc32(data);
    const bytes = entry.bytes ?? data.length;
    const at = sharesWith === undefined ? offset : offsets[sharesWith]!;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(zip64 ? 45 : 20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(zip64 ? 0xffff_ffff : packed.length, 14);
    common.writeUInt32LE(zip64 ? 0xffff_ffff : bytes, 18);
    common.writeUInt16LE(name.length, 22);
    const extra = zip64 ? zip64Extra(bytes, packed.length, at) : Buffer.alloc(0);
    common.writeUInt16LE(extra.length, 24);
    offsets.push(offset);
    if (sharesWith === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, extra, packed]);
      parts.push(local);
      offset += local.length;
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((mode << 16) >>> 0) + 0, 6);
    tail.writeUInt32LE(zip64 ? 0xffff_ffff : at, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([zip64 ? 45 : 20, 3]), common, tail, name, extra);
  });
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, ...endRecords(entries.length, central.length, offset, zip64)]);
}

function zip64Extra(bytes: number, packed: number, at: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(bytes), 4);
  extra.writeBigUInt64LE(BigInt(packed), 12);
  extra.writeBigUInt64LE(BigInt(at), 20);
  return extra;
}

function endRecords(count: number, length: number, offset: number, zip64: boolean): Buffer[] {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(zip64 ? 0xffff_ffff : offset, 16);
  if (!zip64) return [end];
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06', 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(length), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  locator.writeUInt32LE(1, 16);
  return [end64, locator, end];
}
