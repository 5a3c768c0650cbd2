import { randomUUID } from 'node:crypto';
import { among, type Fault } from '../faults.ts';
import { QueryError } from '../odata/error.ts';
import { find } from '../odata/find.ts';
import { skipLink } from '../odata/link.ts';
import { indexOnly, parseQuery, type Query } from '../odata/options.ts';
import { write, writeOne } from '../odata/write.ts';
import type { Entry } from '../table.ts';
import { type Asked, decodePath } from './asked.ts';
import { json, type Reply } from './reply.ts';
import type { World } from './world.ts';

const DEFAULT_PAGE = 10;
const INDEX_PAGE = 300_000;
const REACH = 1_000_000;

/** Answers a query; `faults` are those that change what the answer says. */
export function answerData(world: World, asked: Asked, faults: readonly Fault[]): Reply {
  try {
    return answer(world, asked, faults);
  } catch (error) {
    if (error instanceof QueryError) return odataError(error.status, error.message);
    throw error;
  }
}

/** An error as the service words it: the code differs every time. */
export function odataError(status: number, message: string): Reply {
  const word =
    { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound' }[status] ?? 'Error';
  return json(status, { error: { code: `${word}[${status}]. TraceId: ${randomUUID()}`, message } });
}

function answer(world: World, asked: Asked, faults: readonly Fault[]): Reply {
  const { resource = '' } = asked.seen;
  refuseUnlicensed(world, resource);
  const set = world.store.tables.get(resource)?.set;
  const [first = '', second, ...rest] = asked.segments;
  if (set === undefined || rest.length > 0 || (second !== undefined && second !== 'replication'))
    throw new QueryError(`Resource not found for the segment '${asked.segments.join('/')}'.`, 404);
  if (asked.seen.method !== 'GET') throw new QueryError(`${asked.seen.method} is not allowed.`, 405);
  if (asked.options === undefined) throw new QueryError('The query string is not well formed.');
  if (second === 'replication') return followReplication(world, asked, faults);
  const query = parseQuery(asked.options, set);
  const limit = pageSize(world, query);
  const key = /\('(.*)'\)$/s.exec(decodePath(first))?.[1];
  if (key !== undefined) return one(world, asked, query, key.replaceAll("''", "'"));
  if (first !== set.name) throw new QueryError(`Resource not found for the segment '${first}'.`, 404);
  return query.replication
    ? beginReplication(world, asked, query, faults)
    : plain(world, asked, query, limit, faults);
}

/** Trestle says in one of three ways that a licence lacks a set. */
function refuseUnlicensed({ settings }: World, resource: string): void {
  const status = Object.hasOwn(settings.unlicensed, resource) ? settings.unlicensed[resource] : undefined;
  if (status === 400) throw new QueryError(`The resource '${resource}' is not in metadata.`);
  if (status === 403) throw new QueryError(`Access to '${resource}' is not licensed.`, 403);
  if (status === 404) throw new QueryError(`Resource not found for the segment '${resource}'.`, 404);
}

function pageSize(world: World, query: Query): number {
  const most = indexOnly(query) ? Math.max(INDEX_PAGE, world.settings.maxPage) : world.settings.maxPage;
  const top = query.top ?? Math.min(DEFAULT_PAGE, most);
  if (top > most) throw new QueryError(`The limit of '${most}' for Top query has been exceeded: '${top}'.`);
  if (query.skip + top >= REACH)
    throw new QueryError(`$skip and $top may not reach ${REACH} rows; use replication.`);
  return Math.min(top, world.settings.pageCap);
}

function plain(world: World, asked: Asked, query: Query, limit: number, faults: readonly Fault[]): Reply {
  const { rows, count } = find(world.store.table(query.set.name), query, limit);
  const full = limit > 0 && rows.length === limit;
  const address = `${asked.root}/${query.set.name}`;
  const next = full ? skipLink(address, asked.options!, query.skip + rows.length) : undefined;
  return page(world, asked, query, { rows, count, next }, faults);
}

function beginReplication(world: World, asked: Asked, query: Query, faults: readonly Fault[]): Reply {
  const table = world.store.table(query.set.name);
  const { count } = query.count ? find(table, query, 0) : { count: undefined };
  return replicate(world, asked, world.replications.begin(table, query), count, faults);
}

function followReplication(world: World, asked: Asked, faults: readonly Fault[]): Reply {
  const [[name, id] = [], ...more] = asked.options!;
  if (name !== 'id' || id === undefined || more.length > 0)
    throw new QueryError('A replication link takes its id and nothing else.');
  if (among(faults, 'link-dead')) world.replications.kill(id);
  if (world.replications.query(id).set.name !== asked.seen.resource)
    throw new QueryError(`The replication '${id}' was not found or has expired.`, 404);
  return replicate(world, asked, id, undefined, faults);
}

function replicate(
  world: World,
  asked: Asked,
  id: string,
  count: number | undefined,
  faults: readonly Fault[],
): Reply {
  const query = world.replications.query(id);
  const limit = pageSize(world, query);
  const rows = world.replications.next(id, world.store.table(query.set.name), limit);
  const full = limit > 0 && rows.length === limit;
  const next = full ? `${asked.root}/${query.set.name}/replication?id=${id}` : undefined;
  if (among(faults, 'link-dead')) world.replications.kill(id);
  return page(world, asked, query, { rows, count, next }, faults);
}

type Found = {
  readonly rows: readonly Entry[];
  readonly count: number | undefined;
  readonly next: string | undefined;
};

function page(world: World, asked: Asked, query: Query, found: Found, faults: readonly Fault[]): Reply {
  const abroad = among(faults, 'link-abroad');
  const away = abroad && `${abroad.origin}/trestle/odata/${query.set.name}?$skip=${found.rows.length}`;
  const next = among(faults, 'link-loop')
    ? asked.address
    : (away ?? linkOf(world, asked, query, found, faults));
  const count = found.count === undefined ? undefined : found.count + (among(faults, 'bad-count')?.by ?? 0);
  const select = query.select ? `(${query.select.join(',')})` : '';
  const frame = {
    context: `${asked.root}/$metadata#${query.set.name}${select}`,
    ...(count === undefined ? {} : { count }),
    ...(next === undefined ? {} : { next }),
    ...(among(faults, 'error-inside') ? { error: 'The sandbox was told to fail.' } : {}),
  };
  const rows = rowsOf(found, faults);
  const body = write(world.store, query, rows, frame, among(faults, 'empty-expand') !== undefined);
  const sent = cutTimestamps(body, world.settings.sentDigits);
  return { status: 200, headers: { 'Content-Type': 'application/json; odata.metadata=minimal' }, body: sent };
}

function rowsOf({ rows }: Found, faults: readonly Fault[]): readonly Entry[] {
  if (among(faults, 'empty-media') || among(faults, 'empty-pages')) return [];
  return rows.slice(0, among(faults, 'short-page')?.rows);
}

function linkOf(
  { requests }: World,
  asked: Asked,
  { set }: Query,
  { next }: Found,
  faults: readonly Fault[],
): string | undefined {
  if (among(faults, 'empty-pages')) return `${asked.root}/${set.name}?$skip=${requests.length * 1000}`;
  return among(faults, 'short-page') ? undefined : next;
}

/** As servers do that keep timestamps finer than they send them. */
function cutTimestamps(body: Buffer | string, digits: number): Buffer | string {
  if (digits === Infinity) return body;
  const pattern = new RegExp(`(T\\d\\d:\\d\\d:\\d\\d\\.\\d{${digits}})\\d+(?=Z|[+-]\\d\\d:\\d\\d)`, 'g');
  return body.toString().replaceAll(pattern, '$1');
}

function one(world: World, asked: Asked, query: Query, key: string): Reply {
  const entry = world.store.table(query.set.name).get(key);
  if (entry === undefined) throw new QueryError(`${query.set.name}('${key}') was not found.`, 404);
  const body = writeOne(world.store, query, entry, `${asked.root}/$metadata#${query.set.name}/$entity`);
  return { status: 200, headers: { 'Content-Type': 'application/json; odata.metadata=minimal' }, body };
}
