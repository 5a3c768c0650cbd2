import type { Context } from '../../app/context.ts';
import type { OpenedServe } from '../../app/serve.ts';
import type { Session } from '../../db/pool.ts';
import { createCache } from '../../lib/cache.ts';
import { readStatus } from '../../report/read-status.ts';
import { readAge } from '../../record/freshness.ts';
import { hasTables } from '../../record/tables.ts';
import type { StatusReport } from '../../report/status-report.ts';
import { limitSession } from '../../serve/limit-session.ts';
import { createColumnReader } from '../../serve/routes/listings/read-columns.ts';
import type { ServeTools } from '../../serve/tools.ts';
import { createDashboardTools } from './create-dashboard-tools.ts';

const STATUS_AGE_MS = 5000;
const COUNT_AGE_MS = 10_000;
const MAX_COUNTS = 500;

/** Runs that the dashboard shows. */
const RUNS = 60;

export function createServeTools(context: Context, opened: OpenedServe): ServeTools {
  const { clock, version } = context.tools;
  const { settings, cursorSecret, log, readRunLines } = opened;
  const database = limitSession(opened.database, clock);
  let lastStatus: StatusReport | undefined;
  const status = createCache<StatusReport>(clock.now, STATUS_AGE_MS, 1);
  const lastUpdate = createCache<number | null>(clock.now, STATUS_AGE_MS, 1);
  const names = context.resources.map(({ name }) => name);
  const readLastStatus = (): Promise<StatusReport> =>
    status.get('', async () => (lastStatus = await readStatus({ ...context, database }, RUNS)));
  return {
    database,
    settings,
    clock,
    log,
    version,
    maxAge: context.config.alerts.maxAge,
    sources: context.sources,
    cursorSecret,
    counts: createCache(clock.now, COUNT_AGE_MS, MAX_COUNTS),
    readStatus: readLastStatus,
    lastStatus: () => lastStatus,
    readLastUpdate: () => lastUpdate.get('', () => readInstant(database, names, clock.now())),
    readListingColumns: createColumnReader(database, settings.listingColumns),
    dashboard: createDashboardTools(context, { database, readRunLines }, readLastStatus),
  };
}

async function readInstant(database: Session, names: readonly string[], now: number): Promise<number | null> {
  if (!(await hasTables(database))) return null;
  const age = await readAge(database, names, () => now);
  return age === null ? null : now - age;
}
