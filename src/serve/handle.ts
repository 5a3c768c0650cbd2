import { createAnswerHeaders } from './answer/headers.ts';
import { createEtag, matchesEtag } from './answer/etag.ts';
import { formatAnswer } from './answer/envelope.ts';
import { JSON_TYPE } from './answer/json-type.ts';
import { readParameters } from './parameters/read-parameters.ts';
import { measureLatency, type ServeContext } from './request-state.ts';
import type { Route } from './route.ts';
import type { ServeTools } from './tools.ts';

/** Answers a request to a route of the API, or with 304 if the caller has this content already. */
export async function handleRoute(context: ServeContext, route: Route, tools: ServeTools): Promise<Response> {
  const { req: request } = context;
  const state = context.get('state');
  const url = new URL(request.url);
  const query = readParameters(route.parameters, url.searchParams);
  const answer = await route.read({ query, path: request.param(), isTrusted: state.isTrusted }, tools);
  const { data, pagination, lastUpdated, status } = answer;
  const content = Buffer.from(route.mediaType === undefined ? JSON.stringify(data) : String(data));
  const etag = createEtag(content, url.search, JSON.stringify([pagination, lastUpdated]));
  const headers = createAnswerHeaders(answer, url, etag);
  const isKnown = status === undefined && matchesEtag(request.header('if-none-match'), etag);
  const latencyMs = measureLatency(state);
  headers['x-api-latency-ms'] = String(latencyMs);
  if (isKnown) return context.body(null, 304, headers);
  const frame = { requestId: state.id, latencyMs, filters: listFilters(url.searchParams) };
  const body = route.mediaType === undefined ? formatAnswer(content, answer, frame) : content;
  return context.body(body, status ?? 200, {
    ...headers,
    'content-type': route.mediaType ?? JSON_TYPE,
    'content-length': String(body.length),
  });
}

function listFilters(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}
