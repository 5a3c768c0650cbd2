import { createAnswerHeaders } from './answer/headers.ts';
import { createEtag, matchesEtag } from './answer/etag.ts';
import { type Frame, formatFrame } from './answer/envelope.ts';
import { JSON_TYPE } from './answer/json-type.ts';
import { readParameters } from './parameters/read-parameters.ts';
import { measureLatency, type ServeContext } from './request-state.ts';
import type { Answer, Route } from './route.ts';
import type { ServeTools } from './tools.ts';

/** Answers a request to a route of the API, or with 304 if the caller has this content already. */
export async function handleRoute(context: ServeContext, route: Route, tools: ServeTools): Promise<Response> {
  const { req: request } = context;
  const state = context.get('state');
  const url = new URL(request.url);
  const query = readParameters(route.parameters, url.searchParams);
  const answer = await route.read({ query, path: request.param(), isTrusted: state.isTrusted }, tools);
  const latencyMs = measureLatency(state);
  const frame = { requestId: state.id, latencyMs, filters: listFilters(url.searchParams) };
  const { body, content } = formatBody(answer, route, frame);
  const { pagination, lastUpdated, isFresh, disclaimer, status } = answer;
  // A cursor has the time of its walk. An older one is as good.
  const pages = pagination && { ...pagination, next_cursor: undefined };
  const etag = createEtag(content, url.search, JSON.stringify([pages, lastUpdated, isFresh, disclaimer]));
  const headers = { ...createAnswerHeaders(answer, url, etag), 'x-api-latency-ms': String(latencyMs) };
  const isKnown = status === undefined && matchesEtag(request.header('if-none-match'), etag);
  if (isKnown) return context.body(null, 304, headers);
  return context.body(body, status ?? 200, {
    ...headers,
    'content-type': route.mediaType ?? JSON_TYPE,
    'content-length': String(body.length),
  });
}

type Body = {
  readonly body: Buffer<ArrayBuffer>;
  /** The part of it that is the same for every request. */
  readonly content: Buffer;
};

/** Turns the text into bytes once: for its hash, its length and the connection. That is the most costly part of a large answer. */
function formatBody(answer: Answer, { mediaType }: Route, frame: Frame): Body {
  if (mediaType !== undefined) {
    const body = Buffer.from(String(answer.data));
    return { body, content: body };
  }
  const { head, tail } = formatFrame(answer, frame);
  const body = Buffer.from(head + JSON.stringify(answer.data) + tail);
  return { body, content: body.subarray(head.length, body.length - Buffer.byteLength(tail)) };
}

function listFilters(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}
