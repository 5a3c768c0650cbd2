import { createRandom } from '../random.ts';
import { type SandboxRecord, readText } from '../record.ts';
import { parsePreciseInstant } from '../instant.ts';
import { makeJpeg } from './jpeg.ts';
import { makeMp4 } from './mp4.ts';
import { makePdf } from './pdf.ts';
import { readVersion } from './address.ts';

/** What identifies one content of a media file, and so its bytes. */
export type MediaContent = {
  readonly key: string;
  readonly version: number;
  readonly type: 'Jpeg' | 'Pdf' | 'Mp4';
  /** Milliseconds since the epoch, a whole second. */
  readonly modified: number;
  /** With its quotes. */
  readonly etag: string;
};

export type MediaFile = {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly extension: string;
  readonly width?: number;
  readonly height?: number;
};

/** A version from here on is the time of a change, in milliseconds since the epoch. */
const FIRST_TIME = 1_000_000_000_000;
const VIDEO_FACTOR = 5;

/** Describes what a media record's file has now; makes nothing. */
export function describeContent(record: SandboxRecord): MediaContent {
  const key = readText(record, 'MediaKey');
  const version = readVersion(readText(record, 'MediaURL'));
  const made = parsePreciseInstant(readText(record, 'MediaModificationTimestamp')) ?? 0;
  const modified = version >= FIRST_TIME ? version : made;
  const type = readText(record, 'MediaType');
  return {
    key,
    version,
    type: type === 'Pdf' || type === 'Mp4' ? type : 'Jpeg',
    modified: Math.floor(modified / 1000) * 1000,
    etag: `"${key}-${version.toString(36)}"`,
  };
}

/** Makes a file; `kilobytes` is the average size of a photo. Most photos have between half and one and a half times as much. */
export function makeFile({ key, version, type }: MediaContent, kilobytes: number): MediaFile {
  if (type === 'Pdf')
    return {
      bytes: makePdf(`Floor plan ${key} ${version}`),
      contentType: 'application/pdf',
      extension: 'pdf',
    };
  if (type === 'Mp4') {
    const bytes = makeMp4(kilobytes * 1000 * VIDEO_FACTOR, key, version);
    return { bytes, contentType: 'video/mp4', extension: 'mp4' };
  }
  const size = Math.max(
    2000,
    Math.round(kilobytes * 1000 * (0.5 + createRandom('size', key, version).next())),
  );
  return { ...makeJpeg(Math.min(size, 250_000), key, version), contentType: 'image/jpeg', extension: 'jpg' };
}
