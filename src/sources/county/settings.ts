import * as z from '../../lib/zod.ts';
import { parseSize } from '../../lib/size.ts';
import { number } from '../text-values.ts';

/** Years that the oldest and newest files can have. */
const [MIN_YEAR, MAX_YEAR] = [1990, 2100];

const year = number(z.number().int().min(MIN_YEAR).max(MAX_YEAR));

const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue('must be a size such as 500k, 20m or 1g');
  return z.NEVER;
});

/** An entry of sources.yaml with `type: county`. The descriptions are shown by editors (schema/sources.schema.json). */
export const countyEntry = z.strictObject({
  layout: z
    .string()
    .min(1)
    .describe('A built-in layout (hcad, pacs, tarrant), or the path of a layout file, relative to this file'),
  year: z
    .union([z.literal('latest'), year, z.array(year).min(1)])
    .default('latest')
    .describe('The tax year, several, or the newest that is published'),
  url: z
    .string()
    .regex(/^https?:\/\/[^?#]+$/, 'must be an http(s) address without ? or #')
    .describe('The base address of the archives; unless set, that of the layout')
    .optional(),
  tables: z
    .array(z.string())
    .min(1)
    .describe('Tables of the layout to load; unless set, all of them')
    .optional(),
  counties: z
    .array(z.string().min(1))
    .min(1)
    .describe('Values of CountyOrParish in the listings that are matched; unless set, those of the layout')
    .optional(),
  sha256: z
    .record(z.string(), z.string().regex(/^[0-9a-fA-F]{64}$/, 'must have 64 hexadecimal digits'))
    .describe('SHA-256 of archives, if the publisher announces them, by year and name: 2026/Real_acct_owner')
    .optional(),
  parallel: number(z.number().int().min(1).max(16)).default(3).describe('Downloads at a time'),
  bandwidth: size.describe('Bytes a second for all downloads together, such as 2m').optional(),
  keep_releases: number(z.number().int().min(1).max(10))
    .default(2)
    .describe('Releases that are kept for a rollback, the published one included'),
  min_match_percent: number(z.number().min(0).max(100))
    .default(20)
    .describe("Smallest share of the county's listings that must match an account, in percent"),
});

export type CountyEntry = z.output<typeof countyEntry>;
