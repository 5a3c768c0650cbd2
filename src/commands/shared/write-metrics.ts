import type { Context } from '../../app/context.ts';
import { formatMetrics } from '../../report/format-metrics.ts';
import { replaceFile } from '../../host/replace-file.ts';
import { readNewestRuns } from '../../record/run-log.ts';
import { queryWithTimeout } from '../../report/query-with-timeout.ts';
import { readStatus } from '../../report/read-status.ts';

/** Counting millions of rows takes seconds, but another process may have locked the tables. */
const QUERY_TIMEOUT_MS = 10_000;

/**
 * If METRICS_FILE is set, replaces it with the current metrics, for node_exporter's textfile collector:
 * https://github.com/prometheus/node_exporter#textfile-collector. A failure is only logged: the timestamps in the file show
 * that it is out of date.
 */
export async function writeMetrics(context: Context): Promise<void> {
  const { config, database, tools } = context;
  if (config.metricsFile === undefined) return;
  try {
    const status = await queryWithTimeout(database, tools.clock, QUERY_TIMEOUT_MS, async (own) => {
      const report = await readStatus({ ...context, database: { ...own, name: database.name } }, 0);
      // Without tables there is no run log.
      return report.resources.length === 0 && report.releases === undefined && report.items === undefined
        ? report
        : { ...report, runs: await readNewestRuns(own) };
    });
    if (status === undefined)
      throw new Error(`the database did not answer within ${QUERY_TIMEOUT_MS / 1000} s`);
    replaceFile(config.metricsFile, formatMetrics(status, tools.clock.now()), 0o644);
  } catch (err) {
    tools.log.main.error({ err, file: config.metricsFile }, 'the metrics could not be written');
  }
}
