/** A type of file that is kept. */
export type FileType = {
  readonly contentType: string;
  readonly extension: string;
  readonly group: 'image' | 'video' | 'document';
};

export type FileKind = keyof typeof TYPES;

/** Browsers show none of these as a page: nothing in them runs as a script of the site that serves them. */
export const TYPES = {
  jpg: { contentType: 'image/jpeg', extension: 'jpg', group: 'image' },
  png: { contentType: 'image/png', extension: 'png', group: 'image' },
  gif: { contentType: 'image/gif', extension: 'gif', group: 'image' },
  webp: { contentType: 'image/webp', extension: 'webp', group: 'image' },
  avif: { contentType: 'image/avif', extension: 'avif', group: 'image' },
  heic: { contentType: 'image/heic', extension: 'heic', group: 'image' },
  tiff: { contentType: 'image/tiff', extension: 'tiff', group: 'image' },
  bmp: { contentType: 'image/bmp', extension: 'bmp', group: 'image' },
  mp4: { contentType: 'video/mp4', extension: 'mp4', group: 'video' },
  mov: { contentType: 'video/quicktime', extension: 'mov', group: 'video' },
  webm: { contentType: 'video/webm', extension: 'webm', group: 'video' },
  pdf: { contentType: 'application/pdf', extension: 'pdf', group: 'document' },
} as const satisfies Readonly<Record<string, FileType>>;

/** What the first bytes of a file are, if they are no file that is kept. */
export type NoFile = { readonly reason: 'html' | 'type'; readonly message: string };

/** First bytes in Latin-1, by kind. */
const MAGIC: readonly (readonly [FileKind, RegExp | string])[] = [
  ['jpg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['tiff', /^(?:II\*\0|MM\0\*)/],
  // The length of its second header follows 14 bytes: 12, or 40 and more.
  ['bmp', /^BM[^]{12}[\f(-\x80]\0\0\0/],
  ['webm', /^[^]E\xdf\xa3[^]{0,60}webm/],
  // Some writers put other bytes first: readers look for it in the first 1024.
  ['pdf', /^[^<]{0,1000}%PDF-\d/],
  // QuickTime files of old cameras have no ftyp box.
  ['mov', /^[^]{4}(?:moov|mdat|wide|free|skip|pnot)/],
];

/** What is refused, by its first bytes after a byte order mark, comments and white space. */
const REFUSED: readonly (readonly [RegExp | string, NoFile['reason'], string])[] = [
  [/^(?:<\?xml[^>]*>\s*)?<(?:svg\b|!DOCTYPE svg\b)/i, 'type', 'an SVG image, which can have scripts'],
  [/^<(?:!doctype html|html|head|body|script|title|h1|p|div|center)\b/i, 'html', 'an HTML page'],
  [/^<(?:\?xml|[a-z][\w:.-]*[\s>])/i, 'html', 'an XML document'],
  ['PK\x03\x04', 'type', 'a ZIP archive or an Office document'],
  ['\xd0\xcf\x11\xe0', 'type', 'an Office document'],
  ['\x1f\x8b', 'type', 'a GZ archive'],
  [/^MZ|^\x7fELF/, 'type', 'a program'],
  ['\x1aE\xdf\xa3', 'type', 'a Matroska video, which browsers do not play'],
  [/^RIFF[^]{4}AVI /, 'type', 'an AVI video, which browsers do not play'],
  [/^[[{]/, 'type', 'JSON'],
];

const HEIC_BRANDS = /^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/;
const MP4_BRANDS = /^(?:iso[m2-9]|mp4[12]|avc1|M4V[ HP]|MSNV|dash|3g[p2].|f4v |mmp4|NDS[CHMPSX])$/;

/** Finds the type of a file by its first bytes. */
export function findKind(head: Uint8Array): FileKind | NoFile {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 2048)).toString('latin1');
  if (text.slice(4, 8) === 'ftyp') return findBrand(text);
  const found = MAGIC.find(([, pattern]) => startsWith(text, pattern));
  if (found !== undefined) return found[0];
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/<!--[^]*?-->/g, '')
    .trimStart();
  const refused = REFUSED.find(([pattern]) => startsWith(start, pattern));
  if (refused !== undefined) return { reason: refused[1], message: `it is ${refused[2]}` };
  const first = Buffer.from(head.subarray(0, 8)).toString('hex');
  return { reason: 'type', message: `it is neither an image, a video nor a PDF: it starts with ${first}` };
}

function startsWith(text: string, start: RegExp | string): boolean {
  return typeof start === 'string' ? text.startsWith(start) : start.test(text);
}

/** ISO base media files have the name of their format first, and then those that they are compatible with (ISO 14496-12, 4.3). */
function findBrand(text: string): FileKind | NoFile {
  const major = text.slice(8, 12);
  const size = Math.min(Buffer.from(text.slice(0, 4), 'latin1').readUInt32BE(), 256);
  const compatible = text.slice(16, size).match(/.{4}/gs) ?? [];
  const brands = [major, ...compatible];
  if (major === 'avif' || major === 'avis') return 'avif';
  if (HEIC_BRANDS.test(major)) return brands.some((brand) => /^avi[fs]$/.test(brand)) ? 'avif' : 'heic';
  if (major === 'qt  ') return 'mov';
  if (brands.some((brand) => MP4_BRANDS.test(brand)) && !/^M4[ABP] /.test(major)) return 'mp4';
  return { reason: 'type', message: `its format ${JSON.stringify(major)} is neither an image nor a video` };
}
