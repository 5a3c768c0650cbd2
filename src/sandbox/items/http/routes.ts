import type { IncomingHttpHeaders } from 'node:http';
import { checkAuth } from '../api/auth.ts';
import { answerFred } from '../api/fred.ts';
import { answerNotes } from '../api/notes.ts';
import { answerSocrata } from '../api/socrata.ts';
import { answerToken } from '../api/tokens.ts';
import { CREDENTIALS } from '../credentials.ts';
import { readCsvFile } from '../csv/files.ts';
import { writeLargeCsv } from '../csv/large.ts';
import type { TakenFaults } from '../faults.ts';
import { writeFeed } from '../feeds/serve-feed.ts';
import { refuse, type Reply, replyJson, withValidators } from './reply.ts';
import type { ItemsState } from './state.ts';

/** A request for data. */
export type DataRequest = {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly faults: TakenFaults;
  /** How many requests for this path came before. */
  readonly nth: number;
};

/** Finds the answer to a request. Undefined: there is nothing at this address. */
export async function route(state: ItemsState, request: DataRequest): Promise<Reply | undefined> {
  const { url, headers } = request;
  const query = url.searchParams;
  const redirect = /^\/redirect\/(30[12378])$/.exec(url.pathname)?.[1];
  if (redirect !== undefined) return replyRedirect(Number(redirect), query.get('to') ?? '/feeds/rss.xml');
  const status = /^\/status\/([345]\d\d)$/.exec(url.pathname)?.[1];
  if (status !== undefined) return replyJson(Number(status), { error: `status ${status}` });
  const send = /^\/oauth2\/(body|header)\/token$/.exec(url.pathname)?.[1];
  if (send === 'body' || send === 'header') return replyToken(state, send, request);
  const access = checkAuth(url.pathname, { headers, query, tokens: state.tokens });
  if (access === undefined) return undefined;
  if ('refused' in access) return replyJson(401, { error: 'no access' }, access.refused);
  return (
    (await routeCsv(state, access.path, query)) ??
    routeApi(state, access.path, request) ??
    routeFeed(state, access.path, request)
  );
}

function replyRedirect(status: number, location: string): Reply {
  return { status, type: 'text/html', body: Buffer.from('moved'), headers: { Location: location } };
}

function replyToken(state: ItemsState, send: 'body' | 'header', { headers, form }: DataRequest): Reply {
  const { authorization } = headers;
  const answer = answerToken(state.tokens, send, { authorization, form, seconds: state.tokenSeconds });
  return replyJson(answer.status, answer.body, { 'Cache-Control': 'no-store' });
}

async function routeCsv(state: ItemsState, path: string, query: URLSearchParams): Promise<Reply | undefined> {
  if (path === '/csv/large.csv') {
    const rows = Number(query.get('rows') ?? 1_000_000);
    if (!Number.isInteger(rows) || rows < 0) return refuse('rows');
    const { seed } = state.settings;
    return {
      status: 200,
      type: 'text/csv',
      body: writeLargeCsv(rows, seed),
      etag: `"large-${rows}-${seed}"`,
    };
  }
  const { roster } = state.collections;
  const body = await readCsvFile(roster, path, query);
  if (body === undefined) return undefined;
  const type = path.endsWith('.gz')
    ? 'application/gzip'
    : path.endsWith('.zip')
      ? 'application/zip'
      : path.includes('/html/')
        ? 'text/html'
        : 'text/csv';
  return withValidators({ status: 200, type, body }, roster.modifiedAt, query);
}

function routeApi(state: ItemsState, path: string, request: DataRequest): Reply | undefined {
  const { notes, permits, rates } = state.collections;
  const { url, headers, faults } = request;
  const query = url.searchParams;
  if (path === '/fred/series/observations') {
    if (query.get('api_key') !== CREDENTIALS.key)
      return replyJson(400, {
        error_code: 400,
        error_message: 'The value for variable api_key is not registered.',
      });
    const found = answerFred(rates.list(), query, state.settings.clock());
    return isRefused(found)
      ? refuse(found.refused)
      : withValidators(replyJson(200, found), rates.modifiedAt, query);
  }
  if (path === '/resource/permits.json') {
    // Requests without a token are served too, but limited sooner: dev.socrata.com/docs/app-tokens.
    if ((headers['x-app-token'] ?? CREDENTIALS.key) !== CREDENTIALS.key)
      return replyJson(403, {
        code: 'permission_denied',
        error: true,
        message: 'Invalid app_token specified',
      });
    const found = answerSocrata(permits.list(), query);
    return isRefused(found)
      ? refuse(found.refused)
      : withValidators(replyJson(200, found), permits.modifiedAt, query);
  }
  const [, pager = ''] = /^\/api\/notes\/([\w-]+)$/.exec(path) ?? [];
  const page = answerNotes(pager, notes.list(), url, {
    repeats: faults.has('repeat-page'),
    keepsCursor: faults.has('keep-cursor'),
    list: faults.has('null-list') ? 'null' : faults.has('missing-list') ? 'missing' : undefined,
  });
  if (page === undefined) return undefined;
  if ('refused' in page) return refuse(page.refused);
  return withValidators(replyJson(200, page.body, page.headers), notes.modifiedAt, query);
}

function isRefused(found: object | string | number | boolean | null): found is { readonly refused: string } {
  return typeof found === 'object' && found !== null && 'refused' in found;
}

function routeFeed(state: ItemsState, path: string, { url, nth }: DataRequest): Reply | undefined {
  const { news } = state.collections;
  const feed = writeFeed(path, news.list(), nth);
  return feed && withValidators({ status: 200, ...feed }, news.modifiedAt, url.searchParams);
}
