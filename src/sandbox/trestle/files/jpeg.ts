import { createRandom, type Random } from '../random.ts';
import { BitWriter } from './bit-writer.ts';
import { type Colour, drawHouse } from './house.ts';

export type MadePicture = { readonly bytes: Buffer; readonly width: number; readonly height: number };

const BLOCK_PIXELS = 8;
const BLOCK_COEFFICIENTS = 64;
const COEFFICIENT_BITS = 6;
/** Bytes of a block of three components without grain, on average. */
const BASE_BYTES = 2.6;
const HEADER_BYTES = 240;

/** Width and height of pictures up to a size. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [6_000, 160, 120],
  [60_000, 320, 240],
  [Infinity, 800, 600],
];

/**
 * Makes a baseline JPEG (ITU T.81) of about `size` bytes, from 2 to 250 KB: a house of blocks of one colour, and grain that
 * fills the size. The same seeds give the same bytes.
 */
export function makeJpeg(size: number, ...seeds: readonly (string | number)[]): MadePicture {
  const random = createRandom('jpeg', ...seeds);
  const [, width, height] = SIZES.find(([most]) => size < most)!;
  const writer = new BitWriter(size + 65_536);
  writeBlocks(writer, { width, height, size, random });
  return {
    bytes: Buffer.concat([headerOf(width, height), writer.end(), Buffer.from([0xff, 0xd9])]),
    width,
    height,
  };
}

type Drawing = {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly random: Random;
};

function writeBlocks(writer: BitWriter, { width, height, size, random }: Drawing): void {
  const [columns, rows] = [width / BLOCK_PIXELS, height / BLOCK_PIXELS];
  const picture = drawHouse(random);
  const budget = Math.max(0, size - HEADER_BYTES - columns * rows * BASE_BYTES);
  const grain = (budget * 8) / (COEFFICIENT_BITS * columns * rows);
  let before: Colour = [0, 0, 0];
  let owed = 0;
  for (let block = 0; block < columns * rows; block++) {
    const colour = picture(((block % columns) + 0.5) / columns, (Math.floor(block / columns) + 0.5) / rows);
    owed += grain;
    const count = Math.min(BLOCK_COEFFICIENTS - 1, Math.floor(owed));
    owed -= count;
    for (const component of [0, 1, 2] as const) {
      writeDifference(writer, colour[component] - before[component]);
      writeGrain(writer, random, component === 0 ? count : 0);
    }
    before = colour;
  }
}

/** DC: its category as a code of 4 bits, then that many bits. */
function writeDifference(writer: BitWriter, difference: number): void {
  const category = 32 - Math.clz32(Math.abs(difference));
  writer.write(category, 4);
  if (category > 0) writer.write(difference > 0 ? difference : difference - 1, category);
}

/** AC: `count` coefficients of category 3, each a code of 3 bits and 3 random bits; then the end of the block. */
function writeGrain(writer: BitWriter, random: Random, count: number): void {
  let bits = 0;
  for (let i = 0; i < count; i++) {
    if (i % 8 === 0) bits = Math.floor(random.next() * 0x100_0000);
    writer.write(0b11_0000 | (bits & 7), COEFFICIENT_BITS);
    bits >>>= 3;
  }
  if (count < BLOCK_COEFFICIENTS - 1) writer.write(0, 1);
}

function headerOf(width: number, height: number): Buffer {
  const quantization = [BLOCK_PIXELS, ...Array.from({ length: BLOCK_COEFFICIENTS - 1 }, () => 1)];
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
  return Buffer.from([
    0xff,
    0xd8,
    ...segmentOf(0xe0, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0),
    ...segmentOf(0xdb, 0, ...quantization),
    ...segmentOf(0xc0, 8, ...wordOf(height), ...wordOf(width), 3, ...components),
    // DC: categories 0 to 8, codes of 4 bits. AC: the end of the block, category 1, category 3: 0, 10, 110.
    ...segmentOf(0xc4, 0x00, ...padLengths(0, 0, 0, 9), 0, 1, 2, 3, 4, 5, 6, 7, 8),
    ...segmentOf(0xc4, 0x10, ...padLengths(1, 1, 1), 0x00, 0x01, 0x03),
    ...segmentOf(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
  ]);
}

function wordOf(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function segmentOf(marker: number, ...data: readonly number[]): number[] {
  return [0xff, marker, ...wordOf(data.length + 2), ...data];
}

/** How many codes have 1, 2, … 16 bits. */
function padLengths(...counts: readonly number[]): number[] {
  return Array.from({ length: 16 }, (_, i) => counts[i] ?? 0);
}
