import type { RequestError } from '../request-error.ts';
import type { ServeContext } from '../request-state.ts';
import { renderPage } from './layout.ts';
import type { PageTools } from './page-answer.ts';
import { renderProblem } from './pages/problem-page.ts';

/** Answers a browser that sends too many requests. */
export type AnswerRefusal = (context: ServeContext, problem: RequestError) => Response;

/** The page is loaded again, and becomes the one that was requested. */
export function createRefusalPage({ tools, address }: PageTools): AnswerRefusal {
  return (context, { status, message }) => {
    const wait = context.res.headers.get('retry-after') ?? '60';
    const text = `There were ${message}. This page is loaded again in ${wait} seconds.`;
    const page = { ...renderProblem('Too many requests', text), level: 'warn' as const };
    return context.body(renderPage(page, { address, version: tools.version }).text, status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      refresh: wait,
    });
  };
}
