import { addDashboard } from './dashboard/add-dashboard.ts';
import type { Hono } from './hono.ts';
import type { ServeEnv } from './request-state.ts';
import type { ServeTools } from './tools.ts';

/** Adds what is not JSON: the dashboard, the documentation of the API, and their files. */
export function addPages(app: Hono<ServeEnv>, tools: ServeTools): void {
  addDashboard(app, tools);
}
