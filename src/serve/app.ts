import { createEtag, matchesEtag } from './answer/etag.ts';
import { formatProblem } from './answer/envelope.ts';
import { JSON_TYPE } from './answer/json-type.ts';
import { ASSETS, createGuards } from './guard/guard.ts';
import { handleRoute } from './handle.ts';
import { compress, Hono } from './hono.ts';
import { createOpenApi } from './openapi/document.ts';
import { addDocs } from './docs/add-docs.ts';
import { addPages } from './pages.ts';
import { RequestError } from './request-error.ts';
import { acceptsPage, readSentPath, type ServeContext, type ServeEnv } from './request-state.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/registry.ts';
import type { ServeTools } from './tools.ts';
import { describeFailure } from './describe-failure.ts';

/** Composes what answers requests: the guards, the routes of the API, and the pages. */
export function createApp(tools: ServeTools): Hono<ServeEnv> {
  const exists = ({ isListing }: Route): boolean => isListing !== true || tools.settings.hasListings;
  const routes = ROUTES.filter(exists);
  const app = new Hono<ServeEnv>();
  for (const guard of createGuards(tools, createOpenTest(routes))) app.use(guard);
  app.use(compress({ threshold: 1024 }));
  for (const route of routes)
    app.get(formatPath(route.path), (context) => handleRoute(context, route, tools));
  addOpenApi(app, JSON.stringify(createOpenApi(routes, tools.version)));
  addDocs(app);
  for (const { path } of ROUTES.filter((route) => !exists(route))) app.get(formatPath(path), refuseListings);
  const answerRefusal = addPages(app, tools);
  app.notFound((context) =>
    answerProblem(context, new RequestError(404, 'not_found', 'there is no such address')),
  );
  app.onError((error, context) =>
    error instanceof RequestError && error.status === 429 && acceptsPage(context)
      ? answerRefusal(context, error)
      : answerError(context, error, tools),
  );
  return app;
}

function addOpenApi(app: Hono<ServeEnv>, text: string): void {
  const etag = createEtag(Buffer.from(text));
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'Accept-Encoding' };
  app.get('/openapi.json', (context) =>
    matchesEtag(context.req.header('if-none-match'), etag)
      ? context.body(null, 304, headers)
      : context.body(text, 200, { ...headers, 'content-type': JSON_TYPE }),
  );
}

function createOpenTest(routes: readonly Route[]): (path: string) => boolean {
  const open = new Set(routes.filter(({ isOpen }) => isOpen).map(({ path }) => path));
  return (path) => open.has(path) || path.startsWith(ASSETS);
}

function refuseListings(): never {
  throw new RequestError(404, 'listings_off', 'listings are not served: SERVE_LISTINGS is off');
}

/** `/data/{source}/{external_id}` as the framework writes it. An id may contain slashes. */
function formatPath(path: string): string {
  return path.replace(/\{external_id\}$/, ':external_id{.+}').replace(/\{(\w+)\}/g, ':$1');
}

/** Answers an error without anything internal: the log has the rest, under the same id. */
function answerError(context: ServeContext, error: Error, { log }: ServeTools): Response {
  const problem = error instanceof RequestError ? error : describeFailure(error);
  if (problem !== error && problem.status >= 500) {
    const { id } = context.get('state');
    log.error({ err: error, id, path: readSentPath(context) }, 'a request failed');
  }
  return answerProblem(context, problem);
}

function answerProblem(context: ServeContext, problem: RequestError): Response {
  if (problem.status === 405) context.header('allow', 'GET, HEAD');
  if (problem.status === 503) context.header('retry-after', '10');
  const text = formatProblem(problem, context.get('state').id);
  return context.body(text, problem.status, {
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
  });
}
