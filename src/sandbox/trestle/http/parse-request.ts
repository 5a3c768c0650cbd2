import type { IncomingMessage } from 'node:http';
import { MEDIA_PATH } from '../files/address.ts';
import { parseQueryString } from '../odata/link.ts';
import type { QueryPairs } from '../odata/query.ts';
import type { SeenRequest } from '../seen-request.ts';

export const ROOT_PATH = '/trestle/odata';
export const TOKEN_PATH = '/trestle/oidc/connect/token';
export const CONTROL_PATH = '/sandbox';

/** A parsed request. */
export type ParsedRequest = {
  readonly message: IncomingMessage;
  readonly seen: SeenRequest;
  /** The service root, with the host that the client used. */
  readonly root: string;
  /** The full requested address. */
  readonly address: string;
  /** Undefined if the escapes of the query string are broken. */
  readonly options: QueryPairs | undefined;
  /** Segments of the path after the service root: `Property`, `replication`. */
  readonly segments: readonly string[];
};

/** Parses a request; `now` is the time of its arrival. */
export function parseRequest(message: IncomingMessage, now: number): ParsedRequest {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const options = parseQueryString(mark === -1 ? '' : target.slice(mark + 1));
  const origin = `http://${message.headers.host ?? '127.0.0.1'}`;
  const segments = path.startsWith(`${ROOT_PATH}/`) ? path.slice(ROOT_PATH.length + 1).split('/') : [];
  const resource = decodePath(segments[0] ?? '').replace(/\(.*$/s, '');
  const seen: SeenRequest = {
    at: now,
    kind: requestKindOf(path, resource),
    method: message.method ?? 'GET',
    path,
    query: Object.fromEntries(options ?? []),
    status: 0,
  };
  if (resource !== '') seen.resource = resource;
  if (seen.kind === 'file') {
    const key = decodePath(path.slice(path.lastIndexOf('/') + 1));
    seen.file = { key, hasToken: message.headers.authorization !== undefined };
  }
  return { message, seen, root: origin + ROOT_PATH, address: origin + target, options, segments };
}

/** Decodes a segment of a path; returns it unchanged if its escapes are broken. */
export function decodePath(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function requestKindOf(path: string, resource: string): SeenRequest['kind'] {
  if (path === TOKEN_PATH) return 'token';
  if (path.startsWith(MEDIA_PATH)) return 'file';
  if (path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`)) return 'control';
  return resource === '$metadata' || resource === 'DataSystem' || resource === '' ? 'metadata' : 'data';
}
