import type { Context } from '../../app/context.ts';
import { formatMetrics } from './format-metrics.ts';
import { replaceFile } from '../../host/replace-file.ts';
import { newestRuns } from '../../record/run-log.ts';
import { queryWithTimeout } from './query-with-timeout.ts';
import { readStatus } from './read-status.ts';

/** Milliseconds that the questions may take: tables of millions are counted in seconds, but others may have locked them. */
const QUERY_TIMEOUT_MS = 10_000;

/**
 * Replaces METRICS_FILE, where one is set, with the figures as they are now, for node_exporter's textfile collector:
 * https://github.com/prometheus/node_exporter#textfile-collector. A failure is logged and nothing more: what stands in
 * the file gets old then, which its timestamps tell.
 */
export async function writeMetrics(context: Context): Promise<void> {
  const { config, database, tools } = context;
  if (config.metricsFile === undefined) return;
  try {
    const status = await queryWithTimeout(database, tools.clock, QUERY_TIMEOUT_MS, async (own) => {
      const stand = await readStatus({ ...context, database: { ...own, name: database.name } }, 0);
      // Without tables there is no log either.
      return stand.resources.length === 0 ? stand : { ...stand, runs: await newestRuns(own) };
    });
    if (status === undefined)
      throw new Error(`the database did not answer within ${QUERY_TIMEOUT_MS / 1000} s`);
    replaceFile(config.metricsFile, formatMetrics(status, tools.clock.now()), 0o644);
  } catch (err) {
    tools.log.main.error({ err, file: config.metricsFile }, 'the metrics could not be written');
  }
}
