import * as z from '../../../lib/zod.ts';
import { number } from '../../text-values.ts';
import { normalizeEncoding } from '../../../lib/normalize-encoding.ts';
import { address, auth, commonSettings, headers } from '../settings.ts';

// The descriptions are shown by editors (schema/sources.schema.json).

const NAMED_DELIMITERS: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t' };

const delimiter = z
  .string()
  .transform((text) => NAMED_DELIMITERS[text] ?? text)
  .refine(isCharacter, 'must be one character, or tab')
  .describe('The character between two values, or tab; unless set, it is found in the first line');

const quote = z
  .string()
  .transform((text) => (text === 'none' ? '' : text))
  .refine((text) => text === '' || isCharacter(text), 'must be one character, or none')
  .default('"')
  .describe('The character around values, or none');

const encoding = z
  .string()
  .refine((label) => normalizeEncoding(label) !== undefined, 'must be an encoding such as windows-1252')
  .describe('The encoding of files that are not UTF-8; unless set, windows-1252');

const columns = z
  .array(z.string().trim().min(1))
  .min(1)
  .refine((names) => new Set(names).size === names.length, 'has a name twice')
  .describe('Names of the columns of a file without a header. If it has one, skip it with skip_lines');

/** An entry of sources.yaml with `type: csv`. */
export const csvEntry = z
  .strictObject({
    path: z.string().min(1).describe('A file, or a pattern of files, relative to this file').optional(),
    url: address.describe('The address of a file').optional(),
    headers,
    auth: auth.optional(),
    delimiter: delimiter.optional(),
    quote,
    encoding: encoding.optional(),
    columns: columns.optional(),
    skip_lines: number(z.number().int().min(0).max(1000))
      .default(0)
      .describe('Lines before the header, or before the first record if columns is set'),
    file: z.string().min(1).describe('The file within a ZIP archive, if it has several').optional(),
    ...commonSettings,
  })
  .refine(({ url, path }) => (url === undefined) !== (path === undefined), 'must have url or path, not both')
  .refine(
    ({ path, auth: signIn, headers: sent }) =>
      path === undefined || (signIn === undefined && Object.keys(sent).length === 0),
    'has path, so it cannot have headers or auth: they are for url',
  );

export type CsvEntry = z.output<typeof csvEntry>;

function isCharacter(text: string): boolean {
  return text.length === 1 && text !== '\n' && text !== '\r';
}
