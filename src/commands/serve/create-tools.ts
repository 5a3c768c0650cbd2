import type { Context } from '../../app/context.ts';
import type { OpenedServe } from '../../app/serve.ts';
import { createCache } from '../../lib/cache.ts';
import { readStatus } from '../../report/read-status.ts';
import type { StatusReport } from '../../report/status-report.ts';
import type { ServeTools } from '../../serve/tools.ts';
import { createDashboardTools } from './create-dashboard-tools.ts';

const STATUS_AGE_MS = 5000;
const COUNT_AGE_MS = 10_000;
const MAX_COUNTS = 500;

/** Runs that the dashboard shows. */
const RUNS = 60;

export function createServeTools(context: Context, opened: OpenedServe): ServeTools {
  const { clock, version } = context.tools;
  const { database, settings, cursorSecret, log } = opened;
  const status = createCache<StatusReport>(clock.now, STATUS_AGE_MS, 1);
  const readLastStatus = (): Promise<StatusReport> =>
    status.get('', () => readStatus({ ...context, database }, RUNS));
  return {
    database,
    settings,
    clock,
    log,
    version,
    maxAge: context.config.alerts.maxAge,
    cursorSecret,
    counts: createCache(clock.now, COUNT_AGE_MS, MAX_COUNTS),
    readStatus: readLastStatus,
    dashboard: createDashboardTools(context, { database }, readLastStatus),
  };
}
