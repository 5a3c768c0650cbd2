import type * as z from '../../lib/zod.ts';
import { createAnswerSchema, problemSchema } from '../answer/envelope.ts';
import type { Route } from '../route.ts';
import { COMMON, type HeaderName, HEADERS, referToHeaders } from './headers.ts';
import { describeProblems, listProblems } from './problems.ts';
import { type Part, toSchema } from './to-schema.ts';

const TAGS: Readonly<Record<Route['group'], string>> = {
  Listings: 'The listings of the MLS feed.',
  Parcels: 'Accounts of appraisal districts.',
  Items: 'Records of the sources in sources.yaml.',
  State: 'The state of what loads the data.',
};

/** Writes the OpenAPI document of these routes: https://spec.openapis.org/oas/v3.1.1. */
export function createOpenApi(routes: readonly Route[], version: string): Part {
  const groups = new Set(routes.map(({ group }) => group));
  return {
    openapi: '3.1.1',
    info: {
      title: 'trestle-etl',
      version,
      description:
        'Listings, parcels and items of this database, and the state of what loads them. Read only. Every route answers ' +
        'HEAD too.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS)
      .filter(([name]) => groups.has(name as Route['group']))
      .map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: describeRoute(route) }])),
    components: {
      schemas: { Problem: toSchema(problemSchema) },
      headers: HEADERS,
      responses: describeProblems(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key of SERVE_KEYS.' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key.' },
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'For browsers: the key is the password, and the user has no meaning.',
        },
      },
    },
  };
}

function describeRoute(route: Route): Part {
  const { id, group, summary, description, answers503 } = route;
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(description === undefined ? {} : { description }),
    // {}: a server without SERVE_KEYS requires none; /health answers more with one.
    security: [{ bearer: [] }, { header: [] }, { basic: [] }, {}],
    parameters: [...describePath(route), ...describeQuery(route)],
    responses: {
      200: describeAnswer(route, 'The answer.'),
      304: {
        description: 'The caller has this content already (If-None-Match).',
        headers: describeHeaders(route),
      },
      ...(answers503 === true
        ? { 503: describeAnswer(route, 'The same, of a server that is not well.') }
        : {}),
      ...listProblems(route),
    },
  };
}

function describeAnswer(route: Route, description: string): Part {
  const { answer, isList, mediaType } = route;
  const [type = 'application/json'] = mediaType?.split(';') ?? [];
  const schema = mediaType === undefined ? createAnswerSchema(answer, isList === true) : answer;
  return {
    description,
    headers: describeHeaders(route),
    content: { [type]: { schema: toSchema(schema) } },
  };
}

function describeHeaders({ isList, isDated }: Route): Part {
  const more: readonly HeaderName[] = [
    ...(isList === true ? (['Link', 'X-Total-Count'] as const) : []),
    ...(isDated === true ? (['Last-Modified'] as const) : []),
  ];
  return referToHeaders([...COMMON, 'X-API-Latency-ms', 'ETag', 'X-Last-Update', ...more]);
}

function describePath({ pathParameters = {} }: Route): Part[] {
  return Object.entries(pathParameters).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
}

function describeQuery({ parameters }: Route): Part[] {
  return Object.entries(parameters).map(([name, type]) => describeParameter(name, type));
}

function describeParameter(name: string, type: z.ZodType): Part {
  const { description, ...schema } = toSchema(type);
  return {
    name,
    in: 'query',
    required: !type.safeParse(undefined).success,
    ...(description === undefined ? {} : { description }),
    schema,
  };
}
