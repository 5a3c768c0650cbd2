import * as z from '../../lib/zod.ts';
import { parseSize } from '../../lib/size.ts';

/** Years that the oldest and newest files can have. */
const [MIN_YEAR, MAX_YEAR] = [1990, 2100];

const year = z.number().int().min(MIN_YEAR).max(MAX_YEAR);

const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue('must be a size such as 500k, 20m or 1g');
  return z.NEVER;
});

/** An entry of sources.yaml with `type: county`. docs/county-files.md describes it. */
export const countyEntry = z.strictObject({
  /** A built-in layout, or the path of a layout file. */
  layout: z.string().min(1),
  /** `latest` is the newest year that is published. */
  year: z.union([z.literal('latest'), year, z.array(year).min(1)]).default('latest'),
  /** The base address of the archives; unless set, that of the layout. */
  url: z
    .string()
    .regex(/^https?:\/\/[^?#]+$/, 'must be an http(s) address without ? or #')
    .optional(),
  /** Tables of the layout; unless set, all of them. */
  tables: z.array(z.string()).min(1).optional(),
  /** SHA-256 of archives, if the publisher announces them: `2026/Real_acct_owner`. */
  sha256: z
    .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/i, 'must have 64 hexadecimal digits'))
    .optional(),
  /** Downloads at a time. */
  parallel: z.number().int().min(1).max(16).default(3),
  /** Bytes a second for all downloads together. */
  bandwidth: size.optional(),
  /** Releases that are kept for a rollback, the published one included. */
  keep_releases: z.number().int().min(1).max(10).default(2),
  /** Smallest share of the county's listings that must match an account, in percent. */
  min_match_percent: z.number().min(0).max(100).default(20),
});

export type CountyEntry = z.output<typeof countyEntry>;
