import { DAY_MS, MINUTE_MS } from '../../../lib/time.ts';
import { readLastRuns } from '../../../record/run-log.ts';
import { readRunStats } from '../../../record/run-stats.ts';
import { hasTables } from '../../../record/tables.ts';
import { whole } from '../../parameters/types.ts';
import { defineRoute } from '../../route.ts';
import { formatStats } from './format-stats.ts';
import { statsSchema } from './schema.ts';

const DAYS = 30;
const DEFAULT_RUNS = 10;

const parameters = {
  limit: whole(1, 1000)
    .optional()
    .meta({ description: `Number of recent runs; ${DEFAULT_RUNS} unless set.`, examples: [20] }),
} as const;

export const readStats = defineRoute({
  id: 'readStats',
  path: '/stats',
  group: 'State',
  summary: 'Runs of every source: success rate, records, checkpoints',
  description: `Sums are of the last ${DAYS} days. Messages of failed runs are in the log only.`,
  parameters,
  answer: statsSchema,
  read: async ({ query }, { database, clock }) => {
    // Whole minutes, so that the ETag does not change with every request.
    const since = Math.floor((clock.now() - DAYS * DAY_MS) / MINUTE_MS) * MINUTE_MS;
    if (!(await hasTables(database))) return { data: formatStats([], [], since) };
    const stats = await readRunStats(database, since);
    const runs = await readLastRuns(database, query.limit ?? DEFAULT_RUNS);
    return { data: formatStats(stats, runs, since) };
  },
});
