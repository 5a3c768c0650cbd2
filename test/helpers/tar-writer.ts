export type TarEntry = {
  readonly path: string | Buffer;
  readonly data?: Buffer | string;
  /** `0` unless set. */
  readonly type?: string;
  readonly prefix?: string;
  /** Size field, if it is not the length of the data. */
  readonly size?: Buffer;
};

/** Writes a TAR archive with its end mark. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const data = Buffer.from(entry.data ?? '');
    return [header(entry, data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Records of a pax header. */
export function paxData(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + 1;
      while (String(length).length + rest !== length) length += 1;
      return `${length} ${key}=${value}\n`;
    })
    .join('');
}

function header({ path, type = '0', prefix = '', size }: TarEntry, length: number): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(path).copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  const text = size ?? Buffer.from(`${length.toString(8).padStart(11, '0')}\0`);
  text.copy(block, 124);
  block.write(type, 156);
  block.write('ustar\u000000', 257, 'latin1');
  block.write(prefix, 345);
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
