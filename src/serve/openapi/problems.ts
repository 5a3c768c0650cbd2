import type { Route } from '../route.ts';
import { COMMON, type HeaderName, referToHeaders } from './headers.ts';
import type { Part } from './to-schema.ts';

type Problem = {
  readonly description: string;
  /** Beside the common ones. */
  readonly headers?: readonly HeaderName[];
  /** Of `error`. */
  readonly example: Readonly<Record<'code' | 'message', string>> & { readonly parameter?: string };
};

/** Status → what its answers mean. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  400: {
    description: 'A parameter is unknown, repeated or wrong.',
    example: {
      code: 'unknown_parameter',
      message: 'unknown parameter pagesize: did you mean page_size?',
      parameter: 'pagesize',
    },
  },
  401: {
    description: 'The key is missing or wrong.',
    headers: ['WWW-Authenticate'],
    example: { code: 'key_required', message: 'send a key: Authorization: Bearer KEY, or X-API-Key: KEY' },
  },
  404: {
    description: 'There is no such record.',
    example: { code: 'not_found', message: 'there is no such item' },
  },
  405: {
    description: 'The method is not GET or HEAD.',
    headers: ['Allow'],
    example: { code: 'method_not_allowed', message: 'this server only answers GET and HEAD' },
  },
  410: {
    description: 'The copy is too old: deletions since updated_after are no longer known. Start a new one.',
    example: {
      code: 'copy_too_old',
      message:
        'deletions up to 2026-03-19T22:06:45.773Z are no longer known: delete the copy, and start a new one with ' +
        'updated_after=1970-01-01T00:00:00Z',
      parameter: 'updated_after',
    },
  },
  414: {
    description: 'The address is longer than 8192 characters.',
    example: { code: 'address_too_long', message: 'an address may have 8192 characters' },
  },
  421: {
    description: 'The Host header has a name that SERVE_NAMES does not list.',
    example: {
      code: 'unknown_host',
      message: 'host name not allowed: add it to SERVE_NAMES',
    },
  },
  429: {
    description: 'The caller has sent too many requests in this minute.',
    headers: ['Retry-After'],
    example: {
      code: 'too_many_requests',
      message: 'more than 60 requests in a minute (SERVE_RATE_LIMIT)',
    },
  },
  500: {
    description: 'An error of this server. Its log has the reason, under the id of the request.',
    example: {
      code: 'internal_error',
      message: 'the request failed: see the log `requests` for this request id',
    },
  },
  503: {
    description: 'The database does not answer, took too long, or has no tables yet.',
    headers: ['Retry-After'],
    example: { code: 'database_unavailable', message: 'the database does not answer; try again later' },
  },
};

/** For `#/components/responses`. */
export function describeProblems(): Part {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, { description, headers = [], example }]) => [
      `Problem${status}`,
      {
        description,
        headers: referToHeaders([...COMMON, ...headers]),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Problem' },
            example: {
              status: 'error',
              error: example,
              metadata: { request_id: '4f0c5d1e-6f0e-4f4e-9d2a-3f2f0b1c7a55' },
            },
          },
        },
      },
    ]),
  );
}

/** What a route may answer instead of its data. A health check answers 503 with its data. */
export function listProblems({ isOpen, pathParameters, answers503, parameters }: Route): Part {
  const statuses = Object.keys(PROBLEMS).filter(
    (status) =>
      (status !== '401' || isOpen !== true) &&
      (status !== '404' || pathParameters !== undefined) &&
      (status !== '410' || 'updated_after' in parameters) &&
      (status !== '503' || answers503 !== true),
  );
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
  );
}
