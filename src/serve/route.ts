import type * as z from '../lib/zod.ts';
import type { Pagination } from './list/page.ts';
import type { Parameters, ParameterValues } from './parameters/read-parameters.ts';
import type { ServeTools } from './tools.ts';

/** What a route answers. */
export type Answer = {
  /** 503 for a health check that fails. */
  readonly status?: 200 | 503;
  readonly data: unknown;
  /** Of a list. */
  readonly pagination?: Pagination;
  /** ISO 8601: when the data were last proven to be in step with their source; null: never. */
  readonly lastUpdated?: string | null;
  /** Whether that is not too long ago. */
  readonly isFresh?: boolean;
  /** ISO 8601: the value of `updated_after` with which the next replication starts. */
  readonly nextUpdatedAfter?: string;
  readonly disclaimer?: string;
  /** ISO 8601: when the content of one record last changed. Lists have none: a record that leaves one changes no time. */
  readonly lastModified?: string;
};

/** A route of the API: what it takes and answers. The OpenAPI document is written from it. */
export type Route<P extends Parameters = Parameters> = {
  /** The operation id of the OpenAPI document. */
  readonly id: string;
  /** `/data/{source}/{external_id}`. The last part may contain encoded slashes. */
  readonly path: string;
  readonly group: 'Items' | 'Listings' | 'Parcels' | 'State';
  readonly summary: string;
  readonly description?: string;
  /** Answers without a key. */
  readonly isOpen?: true;
  /** Exists only if SERVE_LISTINGS is on. */
  readonly isListing?: true;
  readonly parameters: P;
  /** What each part of the path in braces is. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** The schema of `data`. */
  readonly answer: z.ZodType;
  /** Of an answer that is text without an envelope: `data` is that text. */
  readonly mediaType?: string;
  /** Also answers its data with 503. */
  readonly answers503?: true;
  /** Whether the answer has the time of its last change. */
  readonly isDated?: true;
  /** Whether the answer has pages. */
  readonly isList?: true;
  /** @throws RequestError; what the database throws. */
  readonly read: (request: RouteRequest<P>, tools: ServeTools) => Promise<Answer>;
};

export type RouteRequest<P extends Parameters = Parameters> = {
  readonly query: ParameterValues<P>;
  readonly path: Readonly<Record<string, string>>;
  /** The caller has a key, or none is required. */
  readonly isTrusted: boolean;
};

/** Keeps the types of the parameters of one route. */
export function defineRoute<const P extends Parameters>(route: Route<P>): Route {
  return route as unknown as Route;
}
