import type { IncomingMessage } from 'node:http';
import { readOptions } from '../odata/link.ts';
import type { Options } from '../odata/options.ts';
import type { Seen } from '../seen.ts';

export const ROOT = '/trestle/odata';
export const TOKEN = '/trestle/oidc/connect/token';
export const CONTROL = '/sandbox';

/** A request, taken apart. */
export type Asked = {
  readonly message: IncomingMessage;
  readonly seen: Seen;
  /** The service's address as the client wrote it. */
  readonly root: string;
  /** The address that was asked for, whole. */
  readonly address: string;
  /** Undefined where the query string's escapes are broken. */
  readonly options: Options | undefined;
  /** What stands in the path behind the service root: `Property`, `replication`. */
  readonly segments: readonly string[];
};

/** Takes a request apart; `now` is when it came. */
export function ask(message: IncomingMessage, now: number): Asked {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const options = readOptions(mark === -1 ? '' : target.slice(mark + 1));
  const origin = `http://${message.headers.host ?? '127.0.0.1'}`;
  const segments = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1).split('/') : [];
  const resource = decodePath(segments[0] ?? '').replace(/\(.*$/s, '');
  const seen: Seen = {
    at: now,
    kind: kindOf(path, resource),
    method: message.method ?? 'GET',
    path,
    query: Object.fromEntries(options ?? []),
    status: 0,
  };
  if (resource !== '') seen.resource = resource;
  return { message, seen, root: origin + ROOT, address: origin + target, options, segments };
}

/** A path's segment without its escapes; as it is where they are broken. */
export function decodePath(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function kindOf(path: string, resource: string): Seen['kind'] {
  if (path === TOKEN) return 'token';
  if (path === CONTROL || path.startsWith(`${CONTROL}/`)) return 'control';
  return resource === '$metadata' || resource === 'DataSystem' || resource === '' ? 'metadata' : 'data';
}
