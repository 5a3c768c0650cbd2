import sharp, { type Sharp } from 'sharp';

/** A picture of noise: 120 × 80 pixels unless set. */
export function picture(width = 120, height = 80): Sharp {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#888', noise } });
}

/** An ISO base media file with an outermost box for each text. */
export function boxes(...all: readonly (readonly [type: string, content: string | Buffer])[]): Buffer {
  const parts = all.map(([type, content]) => {
    const body = Buffer.from(content as string, 'latin1');
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, body]);
  });
  return Buffer.concat(parts);
}

export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF');

export const webm = Buffer.concat([
  Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x93, 0x42, 0x82, 0x84]),
  Buffer.from('webm'),
  Buffer.alloc(200, 1),
]);

export function mp4(brand = 'isom'): Buffer {
  return boxes(
    ['ftyp', `${brand}\0\0\0\x01mp42avc1`],
    ['moov', 'x'.repeat(300)],
    ['mdat', 'y'.repeat(100_000)],
  );
}

export function bmp(width = 2, height = 2): Buffer {
  const bytes = Buffer.alloc(54 + 16);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/** An AVIF image whose format has the name of HEIC: the containers are the same. */
export async function heic(): Promise<Buffer> {
  const bytes = await picture().avif({ effort: 0 }).toBuffer();
  return Buffer.from(bytes.toString('latin1').replaceAll('avif', 'heic'), 'latin1');
}
