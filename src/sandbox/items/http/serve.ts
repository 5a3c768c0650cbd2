import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { TakenFaults } from '../faults.ts';
import { answerControl } from './control.ts';
import { replyJson } from './reply.ts';
import { route } from './routes.ts';
import { sendReply } from './send.ts';
import type { ItemsRequest, ItemsState } from './state.ts';

const CONTROL_PATH = '/sandbox/';

/** Answers one request of any kind. */
export async function serveItems(
  state: ItemsState,
  origin: ItemsRequest['origin'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'sandbox'}`);
  if (url.pathname.startsWith(CONTROL_PATH)) {
    await answerControl(state, url, request, response);
    return;
  }
  const { seen, nth } = recordRequest(state, origin, url, request);
  const faults = state.faults.take(url.pathname);
  if (await replaceAnswer(state, faults, response, seen)) return;
  const form = new URLSearchParams(await text(request));
  const { headers, method } = request;
  const sending = { headers, seen, response, faults };
  const isToken = url.pathname.startsWith('/oauth2/');
  if (isToken ? method !== 'POST' : method !== 'GET' && method !== 'HEAD') {
    await sendReply(replyJson(405, { error: `no ${method}` }), sending);
    return;
  }
  const reply = await route(state, { url, headers, form, faults, nth });
  await sendReply(reply ?? replyJson(404, { error: 'nothing is here' }), sending);
}

function recordRequest(
  state: ItemsState,
  origin: ItemsRequest['origin'],
  url: URL,
  request: IncomingMessage,
): { readonly seen: ItemsRequest; readonly nth: number } {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  const seen: ItemsRequest = {
    method: request.method ?? 'GET',
    origin,
    path: url.pathname,
    query: url.search,
    headers: Object.fromEntries(headers),
    status: 0,
    bytes: 0,
  };
  state.requests.push(seen);
  const nth = state.counts.get(url.pathname) ?? 0;
  state.counts.set(url.pathname, nth + 1);
  return { seen, nth };
}

/** Carries out the faults that come before an answer, or replace it; returns whether one replaced it. */
async function replaceAnswer(
  state: ItemsState,
  faults: TakenFaults,
  response: ServerResponse,
  seen: ItemsRequest,
): Promise<boolean> {
  const delay = faults.get('delay');
  const status = faults.get('status');
  const redirect = faults.get('redirect');
  if (delay !== undefined) await wait(delay.ms);
  if (faults.has('revoke')) state.tokens.revoke();
  if (faults.has('hang')) return true;
  if (faults.has('reset')) response.socket?.destroy();
  else if (redirect !== undefined) endWith(response, seen, 302, { Location: redirect.location });
  else if (status !== undefined)
    endWith(response, seen, status.status, {
      ...status.headers,
      ...(status.retryAfter === undefined ? {} : { 'Retry-After': status.retryAfter }),
    });
  else return false;
  return true;
}

function endWith(
  response: ServerResponse,
  seen: ItemsRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  seen.status = status;
  response.writeHead(status, { 'Content-Type': 'text/html', ...headers });
  response.end(`<h1>${status}</h1>`);
}
