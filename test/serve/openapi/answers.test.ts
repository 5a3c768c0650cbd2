import { beforeAll, expect, test } from 'vitest';
import * as z from '../../../src/lib/zod.ts';
import { createAnswerSchema, problemSchema } from '../../../src/serve/answer/envelope.ts';
import type { Route } from '../../../src/serve/route.ts';
import { ROUTES } from '../../../src/serve/routes/registry.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { type Reply, served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly responses: Readonly<Record<string, Response>>;
};
type Response = {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { $ref: string }>>;
  readonly content?: Readonly<Record<string, { schema: object }>>;
};
type Document = {
  readonly openapi: string;
  readonly tags: readonly { name: string }[];
  readonly paths: Readonly<Record<string, { get: Operation }>>;
  readonly components: Readonly<Record<'schemas' | 'headers' | 'responses', Record<string, Response>>>;
};

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 5, (nth) => ({ amount: '1234567890123456.78', metadata: `{"nth":${nth}}` }));
  await db.query(
    'INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, host, pid, version, updated_at) VALUES ' +
      "('news', 'sync', 'success', NOW(3), NOW(3), 'h', 1, '1', NOW(3))",
  );
});

/** An address of each route that answers 200. Routes of listings and parcels have tests of their own. */
const FOUND: Readonly<Record<string, string>> = {
  readHealth: '/health',
  readLiveness: '/health/live',
  readStats: '/stats',
  readMetrics: '/metrics',
  listItems: '/data?page_size=2',
  readItem: '/data/news/item-1',
};

const routes = ROUTES.filter(({ id }) => id in FOUND);

async function readDocument(get: (path: string) => Promise<Reply>): Promise<Document> {
  return JSON.parse((await get('/openapi.json')).text) as Document;
}

/** The description of an answer, with references resolved. */
function findResponse(document: Document, path: string, status: number): Response | undefined {
  const response = document.paths[path]!.get.responses[status];
  return response?.$ref === undefined
    ? response
    : document.components.responses[response.$ref.split('/').at(-1)!];
}

/** An answer has the body that its schema describes, its media type, and every header that is not described as optional. */
function expectDescribed(document: Document, route: Route, reply: Reply): void {
  const response = findResponse(document, route.path, reply.status)!;
  expect(response).toBeDefined();
  const [type] = Object.keys(response.content ?? {});
  if (reply.status === 304) expect(reply.text).toBe('');
  else expect(reply.headers['content-type']).toContain(type);
  const names = new Set(Object.keys(response.headers ?? {}).map((name) => name.toLowerCase()));
  const sent = Object.keys(reply.headers).filter((name) =>
    /^(?:x-(?!content|frame)|ratelimit|etag|last-modified|link|retry)/.test(name),
  );
  expect(sent.filter((name) => !names.has(name))).toEqual([]);
  if (reply.status === 304 || route.mediaType !== undefined) return;
  const schema = reply.status < 400 ? createAnswerSchema(route.answer, route.isList === true) : problemSchema;
  schema.parse(JSON.parse(reply.text));
  const described = response.content![type!]!.schema;
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  expect(described).toEqual(reply.status < 400 ? written : { $ref: '#/components/schemas/Problem' });
}

test.each(routes)('every kind of answer of $path is as the document describes it', async (route) => {
  const { get } = await served(db);
  const document = await readDocument(get);
  const path = FOUND[route.id]!;
  const found = await get(path);
  expect(found.status).toBe(200);
  const etag = found.headers['etag']!;
  const known = await get(path, { 'if-none-match': `"other", ${etag}` });
  if (route.id !== 'readMetrics') expect([200, 304]).toContain(known.status);
  const wrong = await get(`${path.split('?')[0]}?no_such_parameter=1`);
  expect(wrong.status).toBe(400);
  for (const reply of [found, known, wrong]) expectDescribed(document, route, reply);
  if (route.pathParameters !== undefined) {
    const missing = await get(route.path.replaceAll(/\{\w+\}/g, 'none'));
    expect(missing.status).toBe(404);
    expectDescribed(document, route, missing);
  }
});

test('refusals are as the document describes them', async () => {
  const { get } = await served(db, { SERVE_KEYS: 'site:0123456789abcdef0', SERVE_RATE_LIMIT: '4' });
  const key = { 'x-api-key': '0123456789abcdef0' };
  const document = JSON.parse((await get('/openapi.json', key)).text) as Document;
  const route = ROUTES.find(({ id }) => id === 'listItems')!;
  const refused = [
    await get('/data'),
    await get('/data', { host: 'evil.example' }),
    await get(`/data?search=${'x'.repeat(9000)}`),
    await get('/data'),
    await get('/data'),
    await get('/data'),
    await get('/data'),
    await get('/data'),
  ];
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401, 421, 414, 429]));
  for (const reply of refused) expectDescribed(document, route, reply);
});

test('a server without a database answers as the document describes it', async () => {
  const { get } = await served({ env: { ...db.env, MYSQL_PORT: '9' } });
  const document = await readDocument(get);
  for (const route of routes.filter(({ id }) => id !== 'readLiveness')) {
    const reply = await get(FOUND[route.id]!);
    expect(reply.status).toBe(503);
    if (route.id === 'readMetrics') problemSchema.parse(JSON.parse(reply.text));
    else if (route.answers503) createAnswerSchema(route.answer, false).parse(JSON.parse(reply.text));
    else expectDescribed(document, route, reply);
  }
});

test('the document follows the rules of OpenAPI 3.1', async () => {
  const { get } = await served(db);
  const document = await readDocument(get);
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  const operations = Object.values(document.paths).map((path) => path.get);
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const described = operation.parameters.filter((each) => each.in === 'path');
    expect(described.map(({ name }) => name)).toEqual(inPath);
    for (const each of described) expect(each.required).toBe(true);
    for (const status of Object.keys(operation.responses)) expect(status).toMatch(/^[1-5]\d\d$/);
  }
  const tags = new Set(document.tags.map(({ name }) => name));
  expect(tags).toEqual(new Set(ROUTES.filter(({ isListing }) => !isListing).map(({ group }) => group)));
  const text = JSON.stringify(document);
  for (const [, reference] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = reference!
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
    expect(found).toBeDefined();
  }
  // Words of drafts before 2020-12, and of OpenAPI 3.0.
  expect(text).not.toMatch(/"nullable":|"definitions":|"\$schema":|"exclusiveMinimum":true/);
});

test('SERVE_LISTINGS decides which routes the document has', async () => {
  const { get } = await served(db);
  const paths = Object.keys((await readDocument(get)).paths);
  expect(paths.filter((path) => path.startsWith('/listings'))).toEqual([]);
  expect(paths).toContain('/data/{source}/{external_id}');
});
