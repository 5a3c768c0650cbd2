import * as z from '../../../lib/zod.ts';
import { readNewestRuns } from '../../../record/run-log.ts';
import { hasTables } from '../../../record/tables.ts';
import { formatMetrics } from '../../../report/format-metrics.ts';
import { defineRoute } from '../../route.ts';

export const readMetrics = defineRoute({
  id: 'readMetrics',
  path: '/metrics',
  group: 'State',
  summary: 'Metrics for Prometheus',
  description: 'The text of METRICS_FILE, at most five seconds old.',
  parameters: {},
  answer: z.string(),
  // https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
  mediaType: 'text/plain; version=0.0.4; charset=utf-8',
  read: async (_, { readStatus, database, clock }) => {
    const status = await readStatus();
    const runs = (await hasTables(database)) ? await readNewestRuns(database) : [];
    return { data: formatMetrics({ ...status, runs }, clock.now()) };
  },
});
