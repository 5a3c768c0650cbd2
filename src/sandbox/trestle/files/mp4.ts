import { createRandom } from '../random.ts';

/** Makes an MP4 of about `size` bytes: a movie without tracks, and random data. The same seeds give the same bytes. */
export function makeMp4(size: number, ...seeds: readonly (string | number)[]): Buffer {
  const random = createRandom('mp4', ...seeds);
  const data = Buffer.alloc(Math.max(4, size - (size % 4)));
  for (let at = 0; at < data.length; at += 4) data.writeUInt32BE(Math.floor(random.next() * 2 ** 32), at);
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1000, 12); // units a second
  header.writeUInt32BE(1000, 16); // one second long
  header.writeUInt32BE(0x1_0000, 20); // normal speed
  header.writeUInt16BE(0x100, 24); // full volume
  for (const [at, value] of [
    [36, 0x1_0000],
    [52, 0x1_0000],
    [68, 0x4000_0000],
    [96, 1],
  ] as const)
    header.writeUInt32BE(value, at);
  const type = Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1');
  return Buffer.concat([box('ftyp', type), box('moov', box('mvhd', header)), box('mdat', data)]);
}

function box(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
}
