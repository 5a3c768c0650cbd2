import { crc32, deflateSync } from 'node:zlib';
import { createRandom } from '../random.ts';
import { drawHouse } from './house.ts';
import type { MadePicture } from './jpeg.ts';

const [WIDTH, HEIGHT] = [64, 48];

/** Makes a small grey PNG. The same seeds give the same bytes. */
export function makePng(...seeds: readonly (string | number)[]): MadePicture {
  const picture = drawHouse(createRandom('png', ...seeds));
  const rows = Array.from({ length: HEIGHT }, (_, y) => [
    0, // no filter
    ...Array.from({ length: WIDTH }, (_column, x) => picture(x / WIDTH, y / HEIGHT)[0] + 128),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header[8] = 8; // bits; colour type 0 is grey
  const bytes = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { bytes, width: WIDTH, height: HEIGHT };
}

function chunk(type: string, data: Buffer): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  const named = Buffer.concat([Buffer.from(type), data]);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
