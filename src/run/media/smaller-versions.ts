import { createHash } from 'node:crypto';
import { makeRenditions } from '../../media/renditions/make-renditions.ts';
import type { Body } from '../../media/store.ts';
import { formatSizes } from '../../record/media-sizes.ts';
import { decide, type Decision, type FileResult, type SmallerVersion } from './decide.ts';
import { NEVER, type Pass } from './pass.ts';
import { versionPath } from './store-path.ts';

/** What sharp can decode without plug-ins. */
const PICTURES: ReadonlySet<string> = new Set([
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/webp',
]);

/** Whether smaller versions can be made of files of this type. */
export function isPicture(contentType: string | null): boolean {
  return contentType !== null && PICTURES.has(contentType);
}

export type VersionsResult =
  | {
      readonly kind: 'versions';
      /** In pixels. */
      readonly widths: readonly number[];
      readonly versions: readonly SmallerVersion[];
    }
  | { readonly kind: 'corrupt'; readonly message: string };

/**
 * Makes the smaller versions of a picture. @param path of the picture in the store. @param sizes widths in pixels.
 * @throws ConfigError without sharp.
 */
export async function makeVersions(
  path: string,
  body: Body,
  sizes: readonly number[],
): Promise<VersionsResult> {
  const made = await makeRenditions(body, { sizes, format: 'jpeg' }, NEVER);
  if (made.kind === 'corrupt') return made;
  const versions = made.renditions.map(({ width, bytes, contentType }) => ({
    path: versionPath(path, width),
    bytes,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType,
  }));
  return { kind: 'versions', widths: made.renditions.map(({ width }) => width), versions };
}

/**
 * Adds the smaller versions of MEDIA_SIZES to what is stored. A picture that cannot be decoded is refused as corrupt.
 * @throws ConfigError without sharp.
 */
export async function addVersions(
  { active, media }: Pass,
  result: FileResult,
  decision: Decision,
  now: number,
): Promise<Decision> {
  const { put, row } = decision;
  const { sizes } = media.settings;
  if (put === undefined || sizes.length === 0) return decision;
  const sized = { ...row, sizes_for: formatSizes(sizes) };
  if (!isPicture(put.file.contentType)) return { ...decision, row: sized };
  const made = await makeVersions(put.path, put.file.body, sizes);
  if (made.kind === 'corrupt') {
    const outcome = { kind: 'refused', reason: 'corrupt', message: made.message } as const;
    return decide({ ...result, outcome }, now, active.id);
  }
  const { widths, versions } = made;
  const paths = new Set(versions.map(({ path }) => path));
  return {
    ...decision,
    row: { ...sized, sizes: widths.length === 0 ? null : formatSizes(widths) },
    put: { ...put, versions },
    replaced: decision.replaced.filter((path) => !paths.has(path)),
  };
}
