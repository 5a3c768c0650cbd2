import { findExpressionProblem } from '../../../lib/json-path.ts';
import { MINUTE_MS } from '../../../lib/time.ts';
import * as z from '../../../lib/zod.ts';
import { duration, number } from '../../text-values.ts';
import { address, auth, commonSettings, headers } from '../settings.ts';

// The descriptions are shown by editors (schema/sources.schema.json).

const text = z.string().min(1);

/** The name of a field, or a JMESPath expression. Names such as `@odata.nextLink` have neither brackets nor pipes. */
const jsonPath = text.superRefine((value, context) => {
  const problem = /[[\]|&()`*?]/.test(value) ? findExpressionProblem(value) : undefined;
  if (problem === undefined) return;
  context.addIssue({ code: 'custom', input: value, message: `is not a JMESPath expression: ${problem}` });
});

/** Always text when it is read; editors also accept numbers and booleans. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What every pager can have besides its own keys. */
const pageBounds = {
  size: number(z.number().int().min(1).max(100_000)).describe('Records of a full page').optional(),
  size_param: text.describe('The parameter that sends the size').optional(),
  total: jsonPath.describe('Path of the number of all records').optional(),
  more: jsonPath.describe('Path of a value that is false with the last page').optional(),
};

const start = number(z.number().int().min(0));

const page = z
  .union(
    [
      z.strictObject({
        number: text.describe('The parameter for the number of the page'),
        from: start.default(1).describe('The number of the first page'),
        ...pageBounds,
      }),
      z.strictObject({
        offset: text.describe('The parameter for the number of records before the page'),
        from: start.default(0).describe('The offset of the first page'),
        ...pageBounds,
      }),
      z.strictObject({
        cursor: jsonPath.describe('Path of the cursor of the next page'),
        param: text.describe('The parameter for the cursor'),
        first: z.string().describe('The cursor of the first page, if it must have one, such as *').optional(),
        ...pageBounds,
      }),
      z.strictObject({ next: jsonPath.describe('Path of the address of the next page'), ...pageBounds }),
      z.strictObject({
        link: z.literal('next').describe('The header Link has the address of the next page'),
        ...pageBounds,
      }),
    ],
    'must be one of: { number, from }, { offset, from }, { cursor, param, first }, { next }, { link: next }; each may have size, size_param, total, more',
  )
  .refine(
    ({ size, size_param: param }) => param === undefined || size !== undefined,
    'has size_param without size',
  )
  .describe('How the next page is requested; unless set, there is one page');

const since = z
  .strictObject({
    field: jsonPath.describe('The field of a record that the checkpoint is taken from'),
    param: text.describe('The parameter that limits an answer to newer records'),
    value: z
      .string()
      .includes('{since}', 'must contain {since}')
      .default('{since}')
      .describe('The value of the parameter'),
    format: z
      .enum(['iso', 'date', 'unix', 'unix_ms', 'id'])
      .default('iso')
      .describe('The form of the field and of the parameter'),
    start: scalar.describe('The value for the first read; unless set, it has no such parameter').optional(),
    overlap: duration.default(10 * MINUTE_MS).describe('Time before the checkpoint that is read again'),
    order: z
      .enum(['asc', 'desc', 'none'])
      .default('none')
      .describe('asc: the records are sorted by the field, and the checkpoint may move with each page'),
  })
  .describe('Reads only records that are newer than those that are stored');

/** An entry of sources.yaml with `type: api`. */
export const apiEntry = z
  .strictObject({
    url: address.describe('The address of the list').optional(),
    path: text.describe('A JSON file of this machine instead of url, relative to this file').optional(),
    query: z.record(z.string(), scalar).default({}).describe('Parameters of every request'),
    headers,
    auth: auth.optional(),
    records: jsonPath.describe('Path of the list of records; unless set, it is found').optional(),
    page: page.optional(),
    since: since.optional(),
    ...commonSettings,
  })
  .refine(({ url, path }) => (url === undefined) !== (path === undefined), 'must have url or path, not both')
  .refine(
    ({ path, auth: signIn, page: pager, since: newer }) =>
      path === undefined || [signIn, pager, newer].every((each) => each === undefined),
    'has path, so it cannot have auth, page or since: they are for url',
  )
  .refine(
    ({ deletes, since: newer }) => deletes === 'never' || newer === undefined,
    'has deletes: absent and since: only a read of all records shows which are absent',
  );

export type ApiEntry = z.output<typeof apiEntry>;
export type PageSettings = NonNullable<ApiEntry['page']>;
export type SinceSettings = NonNullable<ApiEntry['since']>;
