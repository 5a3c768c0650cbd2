import { createHash } from 'node:crypto';
import { makeRenditions } from '../../media/renditions/make-renditions.ts';
import { decide, type Decision, type FileResult } from './decide.ts';
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
  if (put === undefined || sizes.length === 0 || !PICTURES.has(put.file.contentType)) return decision;
  const made = await makeRenditions(put.file.body, { sizes, format: 'jpeg' }, NEVER);
  if (made.kind === 'corrupt') {
    const outcome = { kind: 'refused', reason: 'corrupt', message: made.message } as const;
    return decide({ ...result, outcome }, now, active.id);
  }
  const versions = made.renditions.map(({ width, bytes, contentType }) => ({
    path: versionPath(put.path, width),
    bytes,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType,
  }));
  const widths = made.renditions.map(({ width }) => width).join(',');
  const paths = new Set(versions.map(({ path }) => path));
  return {
    ...decision,
    row: { ...row, sizes: widths === '' ? null : widths },
    put: { ...put, versions },
    replaced: decision.replaced.filter((path) => !paths.has(path)),
  };
}
