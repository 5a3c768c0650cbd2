import { randomUUID } from 'node:crypto';
import { findFault, type Fault } from '../faults.ts';
import { QueryError } from '../odata/error.ts';
import { findRows } from '../odata/find.ts';
import { buildSkipLink } from '../odata/link.ts';
import { selectsIndexFieldsOnly, parseQuery, type ODataQuery } from '../odata/query.ts';
import { type ExpandedAs, writeAnswer, writeRecordAnswer } from '../odata/write.ts';
import type { TableEntry } from '../table.ts';
import { type ParsedRequest, decodePath } from './parse-request.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxState } from './state.ts';

const DEFAULT_PAGE_SIZE = 10;
const MAX_INDEX_PAGE_SIZE = 300_000;
const MAX_SKIP_ROWS = 1_000_000;

/** Answers a query; `faults` are those that change the content of the answer. */
export function answerData(state: SandboxState, request: ParsedRequest, faults: readonly Fault[]): Reply {
  try {
    return answerQuery(state, request, faults);
  } catch (error) {
    if (error instanceof QueryError) return odataErrorReply(error.status, error.message);
    throw error;
  }
}

/** An error in the service's format: the code differs every time. */
export function odataErrorReply(status: number, message: string): Reply {
  const word =
    { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound' }[status] ?? 'Error';
  return jsonReply(status, { error: { code: `${word}[${status}]. TraceId: ${randomUUID()}`, message } });
}

function answerQuery(state: SandboxState, request: ParsedRequest, faults: readonly Fault[]): Reply {
  const { resource = '' } = request.seen;
  refuseUnlicensed(state, resource);
  const set = state.store.tables.get(resource)?.set;
  const [first = '', second, ...rest] = request.segments;
  if (set === undefined || rest.length > 0 || (second !== undefined && second !== 'replication'))
    throw new QueryError(`Resource not found for the segment '${request.segments.join('/')}'.`, 404);
  if (request.seen.method !== 'GET') throw new QueryError(`${request.seen.method} is not allowed.`, 405);
  if (request.options === undefined) throw new QueryError('The query string is not well formed.');
  if (second === 'replication') return followReplication(state, request, faults);
  const query = parseQuery(request.options, set);
  for (const { set: child } of query.expand) refuseUnlicensed(state, child.name);
  const limit = checkPageSize(state, query);
  const heavy = findFault(faults, 'heavy-expand');
  if (heavy && query.expand.length > 0 && limit > heavy.rows)
    return odataErrorReply(504, 'The query took too long.');
  const key = /\('(.*)'\)$/s.exec(decodePath(first))?.[1];
  if (key !== undefined) return answerRecord(state, request, query, key.replaceAll("''", "'"));
  if (first !== set.name) throw new QueryError(`Resource not found for the segment '${first}'.`, 404);
  return query.replication
    ? startReplication(state, request, query, faults)
    : answerPage(state, request, query, limit, faults);
}

/** Trestle refuses an unlicensed set in one of three ways. */
function refuseUnlicensed({ settings }: SandboxState, resource: string): void {
  const status = Object.hasOwn(settings.unlicensed, resource) ? settings.unlicensed[resource] : undefined;
  if (status === 400) throw new QueryError(`The resource '${resource}' is not in metadata.`);
  if (status === 403) throw new QueryError(`Access to '${resource}' is not licensed.`, 403);
  if (status === 404) throw new QueryError(`Resource not found for the segment '${resource}'.`, 404);
}

function checkPageSize(state: SandboxState, query: ODataQuery): number {
  const most = selectsIndexFieldsOnly(query)
    ? Math.max(MAX_INDEX_PAGE_SIZE, state.settings.maxPage)
    : state.settings.maxPage;
  const top = query.top ?? Math.min(DEFAULT_PAGE_SIZE, most);
  if (top > most) throw new QueryError(`The limit of '${most}' for Top query has been exceeded: '${top}'.`);
  if (query.skip + top >= MAX_SKIP_ROWS)
    throw new QueryError(`$skip and $top may not reach ${MAX_SKIP_ROWS} rows; use replication.`);
  return Math.min(top, state.settings.pageCap);
}

function answerPage(
  state: SandboxState,
  request: ParsedRequest,
  query: ODataQuery,
  limit: number,
  faults: readonly Fault[],
): Reply {
  const { rows, count } = findRows(state.store.table(query.set.name), query, limit);
  const full = limit > 0 && rows.length === limit;
  const address = `${request.root}/${query.set.name}`;
  const next = full ? buildSkipLink(address, request.options!, query.skip + rows.length) : undefined;
  return writePage(state, request, query, { rows, count, next }, faults);
}

function startReplication(
  state: SandboxState,
  request: ParsedRequest,
  query: ODataQuery,
  faults: readonly Fault[],
): Reply {
  const table = state.store.table(query.set.name);
  const { count } = query.count ? findRows(table, query, 0) : { count: undefined };
  return answerReplication(state, request, state.replications.start(table, query), count, faults);
}

function followReplication(state: SandboxState, request: ParsedRequest, faults: readonly Fault[]): Reply {
  const [[name, id] = [], ...more] = request.options!;
  if (name !== 'id' || id === undefined || more.length > 0)
    throw new QueryError('A replication link takes its id and nothing else.');
  if (findFault(faults, 'link-dead')) state.replications.kill(id);
  if (state.replications.query(id).set.name !== request.seen.resource)
    throw new QueryError(`The replication '${id}' was not found or has expired.`, 404);
  return answerReplication(state, request, id, undefined, faults);
}

function answerReplication(
  state: SandboxState,
  request: ParsedRequest,
  id: string,
  count: number | undefined,
  faults: readonly Fault[],
): Reply {
  const query = state.replications.query(id);
  const limit = checkPageSize(state, query);
  const rows = state.replications.next(id, state.store.table(query.set.name), limit);
  const full = limit > 0 && rows.length === limit;
  const next = full ? `${request.root}/${query.set.name}/replication?id=${id}` : undefined;
  if (findFault(faults, 'link-dead')) state.replications.kill(id);
  return writePage(state, request, query, { rows, count, next }, faults);
}

type PageContent = {
  readonly rows: readonly TableEntry[];
  readonly count: number | undefined;
  readonly next: string | undefined;
};

function writePage(
  state: SandboxState,
  request: ParsedRequest,
  query: ODataQuery,
  found: PageContent,
  faults: readonly Fault[],
): Reply {
  const foreignLink = findFault(faults, 'link-abroad');
  const foreignAddress =
    foreignLink && `${foreignLink.origin}/trestle/odata/${query.set.name}?$skip=${found.rows.length}`;
  const next = findFault(faults, 'link-loop')
    ? request.address
    : (foreignAddress ?? chooseLink(state, request, query, found, faults));
  const count =
    found.count === undefined ? undefined : found.count + (findFault(faults, 'bad-count')?.by ?? 0);
  const select = query.select ? `(${query.select.join(',')})` : '';
  const frame = {
    context: `${request.root}/$metadata#${query.set.name}${select}`,
    ...(count === undefined ? {} : { count }),
    ...(next === undefined ? {} : { next }),
    ...(findFault(faults, 'error-inside') ? { error: 'Injected fault of the sandbox.' } : {}),
  };
  const rows = selectRows(found, faults);
  const body = writeAnswer(state.store, query, rows, frame, chooseExpansion(state, faults));
  const sent = truncateTimestamps(body, state.settings.sentDigits);
  return { status: 200, headers: { 'Content-Type': 'application/json; odata.metadata=minimal' }, body: sent };
}

function chooseExpansion({ quota }: SandboxState, faults: readonly Fault[]): ExpandedAs {
  if (findFault(faults, 'null-expand')) return 'null';
  if (findFault(faults, 'no-expand')) return 'missing';
  const empty = findFault(faults, 'empty-expand');
  if (empty && Number(quota.headers()['Minute-Quota-Available']) < (empty.below ?? Infinity)) return 0;
  return findFault(faults, 'cut-expand')?.rows ?? Infinity;
}

function selectRows({ rows }: PageContent, faults: readonly Fault[]): readonly TableEntry[] {
  if (findFault(faults, 'empty-media') || findFault(faults, 'empty-pages')) return [];
  return rows.slice(0, findFault(faults, 'short-page')?.rows);
}

function chooseLink(
  { requests }: SandboxState,
  request: ParsedRequest,
  { set }: ODataQuery,
  { next }: PageContent,
  faults: readonly Fault[],
): string | undefined {
  if (findFault(faults, 'empty-pages')) return `${request.root}/${set.name}?$skip=${requests.length * 1000}`;
  return findFault(faults, 'short-page') ? undefined : next;
}

/** Like servers that store timestamps with more digits than they send. */
function truncateTimestamps(body: Buffer | string, digits: number): Buffer | string {
  if (digits === Infinity) return body;
  const pattern = new RegExp(`(T\\d\\d:\\d\\d:\\d\\d\\.\\d{${digits}})\\d+(?=Z|[+-]\\d\\d:\\d\\d)`, 'g');
  return body.toString().replaceAll(pattern, '$1');
}

function answerRecord(state: SandboxState, request: ParsedRequest, query: ODataQuery, key: string): Reply {
  const entry = state.store.table(query.set.name).get(key);
  if (entry === undefined) throw new QueryError(`${query.set.name}('${key}') was not found.`, 404);
  const body = writeRecordAnswer(
    state.store,
    query,
    entry,
    `${request.root}/$metadata#${query.set.name}/$entity`,
  );
  return { status: 200, headers: { 'Content-Type': 'application/json; odata.metadata=minimal' }, body };
}
