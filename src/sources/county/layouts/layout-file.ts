import * as z from '../../../lib/zod.ts';
import { PARCEL_FIELDS } from '../../../dataset/parcel-fields.ts';

// The notation of layouts, in the built-in ones and in the users' JSON and YAML files. Columns are named as the publisher
// spells them. docs/county-layouts.md describes it; editors show the descriptions (schema/layout.schema.json).

const name = z.string().min(1).max(200);
const names = z.array(name).min(1);
/** `acct`, or several: `[acct, bld_num]`. */
const oneOrMore = z.union([name, names]);
const percent = z.number().min(0).max(100);

const columnFile = z.strictObject({
  type: z.string().describe('As in the short form: text 50, 1-12 integer'),
  aliases: names.describe('Other names for it in a header').optional(),
  column: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,63}$/)
    .describe('Its name in the database; unless set, the name in snake case')
    .optional(),
  optional: z.boolean().describe('Whether a header can lack it').optional(),
  nulls: names.describe('Words that mean NULL, besides those of defaults').optional(),
  dates: names.describe('Forms of its dates: YYYY, MM or M, DD or D, in any order: MM/DD/YYYY').optional(),
  decimals: z
    .number()
    .int()
    .min(0)
    .max(8)
    .describe('Digits after the point in numbers that are written without one')
    .optional(),
  true: oneOrMore.describe('Letters of a flag that are stored as 1').optional(),
  false: oneOrMore.describe('Letters of a flag that are stored as 0').optional(),
});
const columnFiles = z.record(name, z.union([z.string(), columnFile]));

const ruleFile = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('required'), column: name, maxPercent: percent }),
  z.strictObject({
    kind: z.literal('range'),
    column: name,
    min: z.number().optional(),
    max: z.number().optional(),
    maxPercent: percent,
  }),
  z.strictObject({ kind: z.literal('pattern'), column: name, pattern: name, maxPercent: percent }),
  z.strictObject({ kind: z.literal('unique'), columns: names, maxPercent: percent }),
  z.strictObject({
    kind: z.literal('reference'),
    columns: names,
    table: name,
    to: names,
    maxPercent: percent,
  }),
  z.strictObject({ kind: z.literal('nulls'), column: name, maxGrowth: percent }),
]);

const format = z.enum(['tab', 'pipe', 'comma', 'semicolon', 'tilde', 'fixed']);
const common = {
  format: format.optional(),
  quotes: z
    .boolean()
    .describe('Whether a field that starts with " ends with ". A line break always ends the line')
    .optional(),
  encoding: z.enum(['windows-1252', 'latin1', 'utf-8']).optional(),
  header: z.enum(['yes', 'no', 'look']).optional(),
  guards: z
    .strictObject({
      rejects: percent.optional(),
      growth: z.number().min(0).optional(),
      shrink: percent.optional(),
    })
    .describe('Limits in percent: rejected lines, and rows gained or lost since the last release')
    .optional(),
};

const tableFile = z.strictObject({
  ...common,
  archive: name.describe('A name in archives'),
  member: oneOrMore.describe('Patterns of file names; * is any text'),
  lengths: z
    .array(z.number().int().min(1))
    .min(1)
    .describe('Every accepted length of a fixed line, in bytes')
    .optional(),
  columns: columnFiles.describe("The columns, by the publisher's names"),
  constants: z
    .record(name, z.strictObject({ type: z.string(), value: z.string() }))
    .describe('Columns with the same value in each row; {year} is the tax year')
    .optional(),
  filter: z
    .strictObject({ column: name, values: names })
    .describe('Lines with another value in this column are skipped')
    .optional(),
  key: names
    .describe('Columns that identify a row within a tax year. Leave it out if rows can be alike')
    .optional(),
  indexes: z.array(names).optional(),
  rules: z.array(ruleFile).optional(),
});
const tableFiles = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), tableFile);

const parcelValue = z.union([
  name,
  z.strictObject({
    table: name,
    account: name.optional(),
    function: z.enum(['sum', 'min', 'max', 'count']),
    column: name.optional(),
    only: z.record(name, oneOrMore).optional(),
  }),
]);
const parcelsFile = z.strictObject({
  counties: names
    .describe('Values of CountyOrParish in listings; `counties` in sources.yaml replaces them')
    .optional(),
  table: name,
  account: name,
  number: z.strictObject({
    keep: z.enum(['alphanumeric', 'exact']),
    padTo: z.number().int().min(0).max(50).optional(),
    minLength: z.number().int().min(1).max(50).optional(),
  }),
  fields: z.strictObject(
    Object.fromEntries(PARCEL_FIELDS.map((field) => [field, parcelValue.optional()])) as Record<
      (typeof PARCEL_FIELDS)[number],
      z.ZodOptional<typeof parcelValue>
    >,
  ),
});

/** A layout as files have it. `readLayout` also checks what one part of it requires of another. */
export const layoutFile = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/),
  url: z
    .string()
    .regex(/^https?:\/\//)
    .optional(),
  archives: z
    .record(name, z.string().min(1))
    .describe('Path below the address, by archive: {year}/Real_acct_owner.zip'),
  defaults: z
    .strictObject({ ...common, nulls: names.optional(), dates: names.optional() })
    .describe('For all tables that do not differ')
    .optional(),
  tables: tableFiles,
  parcels: parcelsFile.optional(),
});

export type LayoutFile = z.output<typeof layoutFile>;
export type TableFile = z.output<typeof tableFile>;
export type TableFiles = z.output<typeof tableFiles>;
export type ColumnFile = z.output<typeof columnFile>;
export type ColumnFiles = z.output<typeof columnFiles>;
export type RuleFile = z.output<typeof ruleFile>;
export type ParcelsFile = z.output<typeof parcelsFile>;
