import { EtlError } from '../../../errors.ts';
import * as z from '../../../lib/zod.ts';
import { assessHealth, type Health, type HealthFacts, UNHEALTHY, UNKNOWN } from '../../health.ts';
import { defineRoute } from '../../route.ts';
import type { ServeTools } from '../../tools.ts';

/** Load balancers rarely wait longer. */
const LIMIT_MS = 3000;

const part = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'stale', 'failing', 'new', 'paused', 'gone', 'wrong', 'removed']),
  last_updated: z.string().nullable(),
});

const answer = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  database: z.enum(['connected', 'unavailable']).optional(),
  version: z.string().optional(),
  feed: part.nullable().optional().meta({ description: 'The listings; null if there is no feed.' }),
  sources: z
    .array(part)
    .optional()
    .meta({ description: 'All other sources: counties, and sources of items.' }),
});

export const readHealth = defineRoute({
  id: 'readHealth',
  path: '/health',
  group: 'State',
  summary: 'Whether the data are fresh and the database answers',
  description:
    'degraded: the data are served, but the feed or a source is older than ALERT_MAX_AGE, was never read completely, or fails; ' +
    'or their state cannot be read. ' +
    'unhealthy (503): the database does not answer within 3 seconds. Callers without a key see status only.',
  isOpen: true,
  answers503: true,
  parameters: {},
  answer,
  read: async ({ isTrusted }, tools) => {
    const health = await readOrFail(tools);
    return {
      status: health.status === 'unhealthy' ? 503 : 200,
      data: isTrusted ? { ...health, version: tools.version } : { status: health.status },
    };
  },
});

async function readOrFail(tools: ServeTools): Promise<Health> {
  const stop = new AbortController();
  const timeUp = tools.clock.sleep(LIMIT_MS, stop.signal).catch(() => undefined);
  try {
    const answers = await Promise.race([ping(tools), timeUp.then(() => false)]);
    if (!answers) return UNHEALTHY;
    const [status = tools.lastStatus(), lastUpdate] = await Promise.all([
      Promise.race([readOrLog(tools.readStatus, tools), timeUp]),
      Promise.race([readOrLog(tools.readLastUpdate, tools), timeUp]),
    ]);
    if (status === undefined || lastUpdate === undefined) return UNKNOWN;
    return assessHealth(status, { ...describeSources(tools), lastUpdate }, tools.clock.now());
  } finally {
    stop.abort();
  }
}

function describeSources({ maxAge, sources, dashboard }: ServeTools): Omit<HealthFacts, 'lastUpdate'> {
  return { maxAge, sources, hasFeed: dashboard.resources.length > 0 };
}

async function ping({ database, log }: ServeTools): Promise<boolean> {
  try {
    await database.select('SELECT 1');
    return true;
  } catch (err) {
    if (!(err instanceof EtlError)) throw err;
    log.warn({ err }, 'the database does not answer');
    return false;
  }
}

/** Counting the rows of large tables may take too long although the database is well. */
async function readOrLog<T>(read: () => Promise<T>, { log }: ServeTools): Promise<T | undefined> {
  try {
    return await read();
  } catch (err) {
    if (!(err instanceof EtlError)) throw err;
    log.warn({ err }, 'the state cannot be read');
    return undefined;
  }
}
