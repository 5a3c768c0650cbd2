import { describeFailure } from '../describe-failure.ts';
import { RequestError } from '../request-error.ts';
import type { ServeContext } from '../request-state.ts';
import type { ServeTools } from '../tools.ts';
import type { AssetAddress } from './assets.ts';
import { type Page, renderPage } from './layout.ts';
import { renderProblem } from './pages/problem-page.ts';

export type PageAnswer = { readonly page: Page; readonly status?: 200 | 404 | 503 };

export type PageTools = { readonly tools: ServeTools; readonly address: AssetAddress };

/** Answers with a page, also if it cannot be read: people get a page that says so. */
export async function answerPage(
  context: ServeContext,
  { tools, address }: PageTools,
  read: () => Promise<PageAnswer>,
): Promise<Response> {
  const { page, status = 200 } = await read().catch((error: unknown) =>
    describeProblem(context, error, tools),
  );
  if (status === 503) context.header('retry-after', '10');
  return context.body(renderPage(page, { address, version: tools.version }).text, status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
}

function describeProblem(context: ServeContext, error: unknown, { log }: ServeTools): PageAnswer {
  if (!(error instanceof Error)) throw error;
  const problem = error instanceof RequestError ? error : describeFailure(error);
  if (problem !== error) {
    log.error({ err: error, id: context.get('state').id, path: context.req.path }, 'a page failed');
  }
  const page = renderFailure(problem);
  if (page === undefined) throw error;
  return { status: problem.status === 404 ? 404 : 503, page };
}

/** @returns undefined if a user cannot do anything about it. */
function renderFailure({ status, code, message }: RequestError): Page | undefined {
  if (status === 404) return renderProblem('Not found', message);
  if (code === 'too_slow')
    return renderProblem('The database took too long', 'Search for a complete key: it is found by index.');
  if (code === 'not_loaded')
    return renderProblem('No tables yet', 'The first load creates them.', 'trestle-etl doctor');
  if (status === 503)
    return renderProblem('The database does not answer', 'Try again later.', 'trestle-etl doctor');
  return undefined;
}
