import type { Context } from '../../app/context.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import type { RunTools } from '../../run/active-run.ts';
import { reprocess, type ReprocessOutcome } from '../../run/items/reprocess.ts';
import { withRunRetries } from '../../run/run-retries.ts';
import { requireCapability } from '../../sources/source.ts';
import type { Print } from '../shared/tool.ts';
import { type RunResult, withReporting } from '../shared/with-reporting.ts';
import type { ReprocessFlags } from './index.ts';

/** Maps the stored records of a source again, and prints a summary. @throws UsageError if it has no items. */
export async function reprocessSource(
  context: Context,
  source: string,
  flags: ReprocessFlags,
  print: Print,
): Promise<void> {
  const { tools } = context.sourceNamed(source);
  const start = context.tools.clock.now();
  const isDry = flags.dryRun === true;
  // A wrong mapping is reported before a run starts.
  await requireCapability(tools.source, 'items', 'reprocess').load();
  const work = async (own: RunTools): Promise<RunResult> => {
    const outcome = await withRunRetries(own, context.config.runRetries, (retried) =>
      reprocess(retried, isDry),
    );
    print(formatSummary(source, outcome, isDry, own.clock.now() - start));
    return { status: outcome.status, totals: outcome.totals, lost: undefined };
  };
  await (isDry ? work(tools) : withReporting({ ...context, tools }, 'reprocess', work));
}

/** Formats what a reprocess did. @param ms how long it took. */
export function formatSummary(
  source: string,
  { run, status, totals, displaced }: ReprocessOutcome,
  isDry: boolean,
  ms: number,
): string {
  const { processed, inserted, updated, unchanged, rejected, fieldIssues } = totals;
  return [
    isDry
      ? `${source}: reprocess, dry run: nothing was written`
      : `${source}: reprocess run ${run}: ${status}`,
    `  ${formatInteger(processed)} stored records: ${formatInteger(inserted)} new items, ` +
      `${formatInteger(updated)} changed, ${formatInteger(unchanged)} unchanged`,
    ...(rejected === 0
      ? []
      : [`  ${formatInteger(rejected)} cannot be items: trestle-etl quarantine list --source ${source}`]),
    ...(displaced === 0
      ? []
      : [
          `  ${formatInteger(displaced)} have the id of another record, and are no items: is external_id the right field?`,
        ]),
    ...(fieldIssues === 0 ? [] : [`  ${formatInteger(fieldIssues)} values could not be stored as they are`]),
    `  no requests, ${formatDuration(ms)}`,
  ].join('\n');
}
