import { findWrongCall } from '../../../lib/json-path.ts';
import * as z from '../../../lib/zod.ts';
import { findFormatProblem, isTimeZone } from './date-format.ts';
import { expressionsIn } from './expressions.ts';

const expression = z
  .string()
  .min(1)
  .superRefine((value, context) => {
    for (const text of expressionsIn(value)) {
      const problem = findWrongCall(text);
      if (problem === undefined) continue;
      context.addIssue({ code: 'custom', input: value, message: `has "${text}": ${problem}` });
    }
  });

const fixed = z
  .strictObject({ text: z.string().min(1).describe('The same text for every item') })
  .describe('A fixed text');

/** A field's name, a JMESPath expression, or a template such as `{a}, {b}`. */
const from = expression.describe('A field of the record, a JMESPath expression, or a template: {a}, {b}');

const textValue = z.union([from, fixed, z.strictObject({ from })]);

const numberValue = z.union([
  from,
  fixed,
  z.strictObject({
    from,
    decimal: z.enum(['.', ',']).default('.').describe('The decimal sign; unless set, a point'),
  }),
]);

const dateValue = z.union([
  from,
  fixed,
  z.strictObject({
    from,
    format: z
      .string()
      .min(1)
      .superRefine((format, context) => {
        const problem = findFormatProblem(format);
        if (problem !== undefined) context.addIssue(problem);
      })
      .describe('As Luxon writes it, such as MM/dd/yyyy; or unix, unix_ms. Unless set: ISO 8601 or RFC 822')
      .optional(),
    zone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as America/Chicago')
      .default('UTC')
      .describe('The time zone of dates that have none; unless set, UTC'),
  }),
]);

/** `item:` of a source: how a record becomes an item. */
export const itemMapping = z.strictObject({
  external_id: textValue.describe('What identifies the record'),
  title: textValue.describe('At most 500 characters; longer titles are cut'),
  description: textValue.optional(),
  category: textValue.describe('At most 200 characters').optional(),
  url: textValue.describe('An http or https address').optional(),
  amount: numberValue.describe('A decimal number').optional(),
  quantity: numberValue.describe('A whole number').optional(),
  published_at: dateValue.optional(),
  metadata: z
    .union([z.enum(['rest', 'all', 'none']), z.array(expression).min(1)])
    .default('rest')
    .describe('What is stored beside the columns: what is not mapped (rest), all, none, or these fields'),
});

export type ItemMapping = z.output<typeof itemMapping>;

/** A value of the mapping, as it is compiled. */
export type ValueSettings =
  | string
  | { readonly text: string }
  | {
      readonly from: string;
      readonly decimal?: '.' | ',' | undefined;
      readonly format?: string | undefined;
      readonly zone?: string | undefined;
    };
