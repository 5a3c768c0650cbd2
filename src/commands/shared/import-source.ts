import type { Context } from '../../app/context.ts';
import { lowerPriority } from '../../host/priority.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import type { Mode } from '../../model/mode.ts';
import type { RunTools } from '../../run/active-run.ts';
import { type ImportOutcome, runImport } from '../../run/release/run-import.ts';
import { withRunRetries } from '../../run/run-retries.ts';
import type { LoadFlags } from './load-flags.ts';
import { refuseFlags } from './refuse-flags.ts';
import { type RunResult, withReporting } from './with-reporting.ts';

/** Imports a release of a source, and prints a summary on a terminal. */
export async function importSource(
  { context, opened }: { readonly context: Context; readonly opened: Pick<Context, 'tools'> },
  mode: Mode,
  flags: LoadFlags,
  print: (text: string) => void,
): Promise<void> {
  const { id } = opened.tools.source;
  refuseFlags(flags, ['resources', 'since', 'maxPages', 'activeFirst'], {
    reason: `is not for ${id}, which is read whole`,
    hint: `trestle-etl ${flags.dryRun === true ? 'sync --dry-run' : 'sync'} ${id}`,
  });
  // An import takes minutes and a core: the feed's sync, which readers wait for, comes first.
  lowerPriority();
  const start = context.tools.clock.now();
  const options = {
    mode,
    always: mode === 'full-load',
    from: flags.from,
    force: flags.force ?? false,
    dryRun: flags.dryRun ?? false,
  };
  const work = async (own: RunTools): Promise<RunResult> => {
    const outcome = await withRunRetries(own, context.config.runRetries, (tools) =>
      runImport(tools, options),
    );
    print(formatSummary(id, outcome, own.clock.now() - start));
    return { status: outcome.status, totals: outcome.totals, lost: undefined };
  };
  const reported = { ...context, tools: opened.tools };
  await (options.dryRun ? work(opened.tools) : withReporting(reported, mode, work));
}

function formatSummary(id: string, outcome: ImportOutcome, ms: number): string {
  const { run, status, tables, planned, calls } = outcome;
  const width = Math.max(0, ...tables.map(({ table }) => table.length));
  const lines = tables.map(({ table, rows, unit, changes }) => {
    const change =
      changes === undefined
        ? ''
        : `: ${formatInteger(changes.added)} new, ${formatInteger(changes.changed)} changed, ${formatInteger(changes.unchanged)} unchanged, ${formatInteger(changes.gone)} gone${unit === 'rows' ? '' : ` (${unit})`}`;
    return `  ${table.padEnd(width)} ${formatInteger(rows)} rows${change}`;
  });
  const published = tables.length === 0 ? `${id}: nothing to do` : `${id}, run ${run}: ${status}`;
  const head = planned.length === 0 ? published : `${id}: would load ${planned.join(', ')}`;
  return [head, ...lines, `  ${calls} calls in ${formatDuration(ms)}`].join('\n');
}
