import * as z from '../../lib/zod.ts';
import { paginationSchema } from '../list/page.ts';
import type { RequestError } from '../request-error.ts';
import type { Answer } from '../route.ts';

/** The frame of every answer: `status`, `data` or `error`, and `metadata`. */

export type Frame = {
  readonly requestId: string;
  /** Milliseconds since the request was received. */
  readonly latencyMs: number;
  /** The parameters of the request, as they were given. */
  readonly filters: Readonly<Record<string, string | readonly string[]>>;
};

const metadata = {
  request_id: z.string(),
  api_latency_ms: z.number(),
};

/** The schema of an answer with this `data`. */
export function createAnswerSchema(data: z.ZodType, isList: boolean) {
  return z.strictObject({
    status: z.literal('success'),
    data,
    metadata: z.strictObject({
      ...metadata,
      filters_applied: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
      ...(isList ? { pagination: paginationSchema } : {}),
      last_updated: z.string().nullable().optional().meta({
        description: 'When the data were last proven to be in step with their source; null: never.',
      }),
      fresh: z.boolean().optional().meta({ description: 'Whether last_updated is not too long ago.' }),
      next_updated_after: z
        .string()
        .optional()
        .meta({ description: 'The value of updated_after with which the next replication starts.' }),
      disclaimer: z.string().optional(),
    }),
  });
}

export const problemSchema = z.strictObject({
  status: z.literal('error'),
  error: z.strictObject({
    code: z.string().meta({ description: 'For programs.' }),
    message: z.string().meta({ description: 'For developers.' }),
    parameter: z.string().optional(),
  }),
  metadata: z.strictObject({ request_id: z.string() }),
});

/** Writes what surrounds the data of an answer. The head is ASCII. */
export function formatFrame(
  answer: Answer,
  { requestId, latencyMs, filters }: Frame,
): { readonly head: string; readonly tail: string } {
  const { pagination, lastUpdated, isFresh, nextUpdatedAfter, disclaimer } = answer;
  const rest = JSON.stringify({
    request_id: requestId,
    api_latency_ms: latencyMs,
    filters_applied: filters,
    ...(pagination === undefined ? {} : { pagination }),
    ...(lastUpdated === undefined ? {} : { last_updated: lastUpdated }),
    ...(isFresh === undefined ? {} : { fresh: isFresh }),
    ...(nextUpdatedAfter === undefined ? {} : { next_updated_after: nextUpdatedAfter }),
    ...(disclaimer === undefined ? {} : { disclaimer }),
  });
  return { head: '{"status":"success","data":', tail: `,"metadata":${rest}}` };
}

export function formatProblem({ code, message, parameter }: RequestError, requestId: string): string {
  return JSON.stringify({
    status: 'error',
    error: { code, message, ...(parameter === undefined ? {} : { parameter }) },
    metadata: { request_id: requestId },
  });
}
