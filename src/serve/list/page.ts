import { flag, oneOf, text, whole } from '../parameters/types.ts';
import * as z from '../../lib/zod.ts';
import { RequestError } from '../request-error.ts';

export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 50;

/** Rows that `page` may skip: the database reads them all. */
const MAX_SKIPPED_ROWS = 10_000;

/** The parameters of every list. */
export const pageParameters = {
  page: whole(1, 1_000_000)
    .optional()
    .meta({ description: 'Number of the page, from 1. For more than 10,000 rows use cursor.' }),
  page_size: whole(1, MAX_PAGE_SIZE)
    .optional()
    .meta({ description: `Rows of a page; ${DEFAULT_PAGE_SIZE} unless set.` }),
  cursor: text(1000).optional().meta({
    description: 'next_cursor of the page before. Unchanged rows are read exactly once.',
  }),
  count: flag.optional().meta({ description: 'false: without total_items, which is faster.' }),
  fields: text(2000).optional().meta({ description: 'Names of fields, separated by commas. Unset: all.' }),
  sort_order: oneOf('asc', 'desc').optional().meta({ description: 'Ascending or descending.' }),
} as const;

type PageValues = { readonly [Name in 'page' | 'page_size']?: number | undefined } & {
  readonly cursor?: string | undefined;
};

/** The rows of a page. */
export type Window = {
  /** Undefined: by cursor. */
  readonly page: number | undefined;
  readonly size: number;
  readonly offset: number;
};

/** @throws RequestError (400) if page and cursor are both given, or the page is too deep. */
export function readWindow({ page, page_size: size = DEFAULT_PAGE_SIZE, cursor }: PageValues): Window {
  if (cursor !== undefined) {
    if (page === undefined) return { page: undefined, size, offset: 0 };
    throw new RequestError(400, 'conflicting_parameters', 'page and cursor exclude each other', 'page');
  }
  const number = page ?? 1;
  if (number > 1 && number * size > MAX_SKIPPED_ROWS) {
    throw new RequestError(
      400,
      'page_too_deep',
      `page × page_size is more than ${MAX_SKIPPED_ROWS}: use cursor, with next_cursor of the page before`,
      'page',
    );
  }
  return { page: number, size, offset: (number - 1) * size };
}

/** The state of a list in `metadata.pagination`. */
export type Pagination = {
  readonly page: number | null;
  readonly page_size: number;
  readonly total_items: number | null;
  readonly total_pages: number | null;
  /** Whether there are more rows than total_items. */
  readonly total_is_capped: boolean;
  readonly has_next: boolean;
  readonly has_previous: boolean;
  readonly next_cursor: string | null;
};

export const paginationSchema = z.strictObject({
  page: z.number().int().nullable().meta({ description: 'Null if the page was read by cursor.' }),
  page_size: z.number().int(),
  total_items: z.number().int().nullable().meta({
    description:
      'Rows of all pages, at most 10 seconds old; null if count is false, or counting takes too long.',
  }),
  total_pages: z.number().int().nullable(),
  total_is_capped: z.boolean().meta({ description: 'There are more rows than total_items.' }),
  has_next: z.boolean(),
  has_previous: z.boolean(),
  next_cursor: z
    .string()
    .nullable()
    .meta({ description: 'The cursor of the next page; null on the last one.' }),
});
