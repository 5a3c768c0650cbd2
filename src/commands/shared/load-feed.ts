import type { Context } from '../../app/context.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import type { Mode } from '../../model/mode.ts';
import { type RunOutcome, run } from '../../run/run.ts';
import type { RunTools } from '../../run/active-run.ts';
import { withRunRetries } from '../../run/run-retries.ts';
import { readInstant } from './read-instant.ts';
import { selectResources } from './select-resources.ts';
import { type RunResult, withReporting } from './with-reporting.ts';
import type { LoadFlags } from './load-flags.ts';

/** Runs `sync` or `full-load`, and prints a summary on a terminal. */
export async function loadFeed(
  { context: base, source }: { readonly context: Context; readonly source: string | undefined },
  mode: Mode,
  flags: LoadFlags,
  print: (text: string) => void,
): Promise<void> {
  const context = source === undefined ? base : { ...base, ...base.sourceNamed(source) };
  const start = context.tools.clock.now();
  const options = {
    mode,
    resources: selectResources(context.resources, flags.resources),
    since: flags.since === undefined ? undefined : readInstant(flags.since, start),
    dryRun: flags.dryRun ?? false,
    maxPages: flags.maxPages,
    strategy: flags.strategy ?? 'keyset',
    activeFirst: flags.activeFirst ?? false,
  };
  let restart = flags.restart ?? false;
  const work = async (own: RunTools): Promise<RunResult> => {
    const outcome = await withRunRetries(own, context.config.runRetries, (tools) => {
      const once = { ...options, restart };
      // A retry resumes from what the first try loaded.
      restart = false;
      return run(tools, once);
    });
    print(formatSummary(outcome, mode, options.dryRun, own.clock.now() - start));
    const isPart = flags.resources !== undefined && outcome.lost.length === 0;
    return isPart ? { ...outcome, lost: undefined } : outcome;
  };
  await (options.dryRun ? work(context.tools) : withReporting(context, mode, work));
}

function formatSummary(outcome: RunOutcome, mode: Mode, isDry: boolean, ms: number): string {
  const head = isDry
    ? `${mode}, dry run: nothing was written`
    : `${mode} run ${outcome.run}: ${outcome.status}`;
  const lines = Object.entries(outcome.resources).map(([name, detail]) => {
    if (detail.skipped !== undefined) return `  ${name.padEnd(9)} skipped, ${detail.skipped}`;
    return [
      `  ${name.padEnd(9)} ${formatInteger(detail.processed)} records:`,
      `${detail.inserted} new, ${detail.updated} changed, ${detail.unchanged} unchanged`,
      ...(detail.older > 0 ? [`, ${detail.older} older`] : []),
      ...(detail.rejected > 0 ? [`, ${detail.rejected} quarantined`] : []),
      ...(detail.fieldIssues > 0
        ? [`, ${detail.fieldIssues} field issues (trestle-etl quarantine list --fields)`]
        : []),
      ...(detail.deleted > 0 ? [`, ${detail.deleted} removed`] : []),
      ...(detail.unproven
        ? [
            `; ${detail.unproven} listings received fewer records than the feed counts, and are requested again`,
          ]
        : []),
      ...(detail.refused ? [`; ${detail.refused} listings were refused, and are requested again`] : []),
      ...(detail.leftOut ? [`; not licensed, left out: ${detail.leftOut.join(', ')}`] : []),
    ]
      .join(' ')
      .replaceAll(' ,', ',')
      .replaceAll(' ;', ';');
  });
  return [head, ...lines, `  ${outcome.calls} calls in ${formatDuration(ms)}`].join('\n');
}
