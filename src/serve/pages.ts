import { addDashboard } from './dashboard/add-dashboard.ts';
import type { AnswerRefusal } from './dashboard/refusal-page.ts';
import type { Hono } from './hono.ts';
import type { ServeEnv } from './request-state.ts';
import type { ServeTools } from './tools.ts';

/** Adds what is not JSON: the dashboard and its files. @returns what answers a browser that sends too many requests. */
export function addPages(app: Hono<ServeEnv>, tools: ServeTools): AnswerRefusal {
  return addDashboard(app, tools);
}
