import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { RawRecord } from '../../../sources/items.ts';
import { writeCsvFolder } from '../csv/files.ts';
import { COLLECTION_NAMES, isCollectionName } from '../data/collections.ts';
import { isItemsFault } from '../faults.ts';
import type { ItemsState } from './state.ts';

type Outcome = { readonly status: number; readonly value: unknown };

const done = (value: unknown): Outcome => ({ status: 200, value });
const failed = (status: number, error: string): Outcome => ({ status, value: { error } });

/** Answers the control interface, through which other processes change data, set faults and read requests. */
export async function answerControl(
  state: ItemsState,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readText(request);
  const [, , area = '', name = '', ...key] = url.pathname.split('/');
  const operation = `${request.method} ${area}`;
  const { status, value } =
    area === 'records'
      ? changeRecords(state, {
          method: request.method ?? '',
          name,
          key: key.join('/'),
          query: url.searchParams,
          body,
        })
      : control(state, operation, url.searchParams, body);
  if (request.method !== 'GET' && state.settings.folder !== undefined)
    await writeCsvFolder(state.settings.folder, state.collections.roster);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value), operation === 'POST stop' ? () => void state.stop() : undefined);
}

function control(state: ItemsState, operation: string, query: URLSearchParams, body: string): Outcome {
  switch (operation) {
    case 'POST change':
      return changeData(state, query);
    case 'POST fault':
      return addFault(state, body) ? done({}) : failed(400, 'not a fault the sandbox knows');
    case 'DELETE fault':
      state.faults.clear();
      return done({});
    case 'POST tokens':
      state.tokenSeconds = readCount(query, 'seconds') || state.tokenSeconds;
      return done({ seconds: state.tokenSeconds });
    case 'DELETE tokens':
      state.tokens.revoke();
      return done({});
    case 'GET requests':
      return done(state.requests);
    case 'GET counts':
      return done(Object.fromEntries(state.counts));
    case 'DELETE requests':
      state.requests.length = 0;
      state.counts.clear();
      return done({});
    case 'POST stop':
      return done({});
    default:
      return failed(404, `no ${operation.replace(' ', ' /sandbox/')} here`);
  }
}

/** Changes so many records of one collection, or of each; answers their keys. */
function changeData(state: ItemsState, query: URLSearchParams): Outcome {
  const asked = query.get('collection');
  if (asked !== null && !isCollectionName(asked)) return failed(400, `no collection ${asked}`);
  const names = COLLECTION_NAMES.filter((name) => asked === null || name === asked);
  const changes = names.map((name) => {
    const collection = state.collections[name];
    const edited = collection.edit(readCount(query, 'edited'), query.get('stamp') === 'keep');
    const deleted = collection.delete(readCount(query, 'deleted'));
    return [name, { edited, deleted, added: collection.add(readCount(query, 'added')) }] as const;
  });
  return done(Object.fromEntries(changes));
}

function readCount(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  return /^\d{1,7}$/.test(text) ? Number(text) : 0;
}

type RecordChange = {
  readonly method: string;
  readonly name: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: string;
};

function changeRecords(state: ItemsState, { method, name, key: coded, query, body }: RecordChange): Outcome {
  if (!isCollectionName(name)) return failed(404, `no collection ${name}`);
  const collection = state.collections[name];
  const key = decodeURIComponent(coded);
  const fields = method === 'POST' || method === 'PATCH' ? parseFields(body) : {};
  if (fields === undefined) return failed(400, 'the body is not a JSON object');
  const at = query.get('at');
  switch (method) {
    case 'GET':
      return done(collection.list());
    case 'POST':
      return done({ key: collection.insert(fields, at === null ? undefined : Date.parse(at)) });
    case 'PATCH':
      return collection.patch(key, fields, query.get('stamp') === 'keep')
        ? done({})
        : failed(404, `no record ${key}`);
    case 'DELETE':
      return collection.remove(key) ? done({}) : failed(404, `no record ${key}`);
    default:
      return failed(405, `no ${method}`);
  }
}

function parseFields(body: string): RawRecord | undefined {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as RawRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `count: null` is every request. */
function addFault(state: ItemsState, body: string): boolean {
  try {
    const fault: unknown = JSON.parse(body, (name, value: unknown) =>
      name === 'count' && value === null ? Infinity : value,
    );
    if (!isItemsFault(fault)) return false;
    state.faults.add(fault);
    return true;
  } catch {
    return false;
  }
}
