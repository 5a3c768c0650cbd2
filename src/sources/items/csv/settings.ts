import * as z from '../../../lib/zod.ts';
import { address, auth, commonSettings, headers } from '../settings.ts';

/** An entry of sources.yaml with `type: csv`. */
export const csvEntry = z.strictObject({
  path: z.string().min(1).describe('A file, or a pattern of files, relative to this file').optional(),
  url: address.describe('The address of a file').optional(),
  headers,
  auth: auth.optional(),
  ...commonSettings,
});

export type CsvEntry = z.output<typeof csvEntry>;
