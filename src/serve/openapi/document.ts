import * as z from '../../lib/zod.ts';
import { createAnswerSchema, problemSchema } from '../answer/envelope.ts';
import type { Route } from '../route.ts';

/** A JSON value of the document. */
type Part = Readonly<Record<string, unknown>>;

/** Writes the OpenAPI document of these routes: https://spec.openapis.org/oas/v3.1.1. */
export function createOpenApi(routes: readonly Route[], version: string): Part {
  return {
    openapi: '3.1.1',
    info: {
      title: 'trestle-etl',
      version,
      description:
        'Listings, parcels and items of this database, and the state of what loads them. Read only.',
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: describeRoute(route) }])),
    components: {
      schemas: { Problem: toSchema(problemSchema, 'output') },
      responses: {
        Problem: {
          description: 'The request was refused, or failed.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function describeRoute(route: Route): Part {
  const { id, group, summary, description, answer, isList = false, isOpen = false } = route;
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(description === undefined ? {} : { description }),
    security: isOpen ? [] : [{ bearer: [] }, { header: [] }, {}],
    parameters: [...describePath(route), ...describeQuery(route)],
    responses: {
      200: {
        description: 'The answer.',
        content: { 'application/json': { schema: toSchema(createAnswerSchema(answer, isList), 'output') } },
      },
      304: { description: 'The caller has this content already (If-None-Match).' },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
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
  return Object.entries(parameters).map(([name, type]) => {
    const { description, ...schema } = toSchema(type, 'output');
    return {
      name,
      in: 'query',
      required: !type.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function toSchema(type: z.ZodType, io: 'input' | 'output'): Part {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
}
