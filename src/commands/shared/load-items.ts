import type { Context } from '../../app/context.ts';
import { BusyError, ConfigError, type EtlError, FatalError, UnavailableError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import type { Mode } from '../../model/mode.ts';
import type { RunTools } from '../../run/active-run.ts';
import type { Permission } from '../../run/items/breaker.ts';
import { type ItemsOutcome, runItems } from '../../run/items/run-items.ts';
import type { LoadFlags } from './load-flags.ts';
import { readPermission } from './read-permission.ts';
import { refuseFlags } from './refuse-flags.ts';
import { type ReportingOptions, type RunResult, withReporting } from './with-reporting.ts';

type OpenedSource = {
  readonly context: Context;
  readonly opened: Pick<Context, 'tools'>;
  readonly reporting: ReportingOptions;
  /** The caller found that the source may be read now. */
  readonly isPermitted: boolean;
};

/**
 * Reads a source of items, and prints a summary on a terminal. A user who names a source does not wait for a pause after failed
 * runs to end, but for one that its server asked for.
 * @throws BusyError during such a pause; ConfigError if the source is gone; FatalError if none of its records can be an item.
 */
export async function loadItemSource(
  { context, opened, reporting, isPermitted }: OpenedSource,
  mode: Mode,
  flags: LoadFlags,
  print: (text: string) => void,
): Promise<void> {
  const { id } = opened.tools.source;
  refuseFlags(flags, ['resources', 'since', 'activeFirst', 'from'], {
    reason: `is not for ${id}, which is read as sources.yaml describes it`,
    hint: `trestle-etl ${mode} ${id}`,
  });
  const always = mode === 'full-load';
  const dryRun = flags.dryRun ?? false;
  const permission = isPermitted ? GO : await findPermission(context, id, always);
  if (permission.kind === 'gone') throw goneError(id);
  if (permission.kind === 'pause' && permission.reason === 'server') throw pausedError(id, permission.until);
  const start = context.tools.clock.now();
  const options = {
    mode,
    always,
    dryRun,
    force: flags.force ?? false,
    maxBatches: flags.maxPages,
    maxDeletePercent: context.config.maxDeletePercent,
  };
  const work = async (own: RunTools): Promise<RunResult> => {
    const outcome = await runItems(own, options);
    print(formatSummary(id, outcome, dryRun, own.clock.now() - start));
    const { status, totals, warnings: problems } = outcome;
    return { status, totals, lost: undefined, problems, failure: findFailure(id, outcome) };
  };
  if (!dryRun) return void (await withReporting({ ...context, tools: opened.tools }, mode, work, reporting));
  const { failure } = await work(opened.tools);
  if (failure !== undefined) throw failure;
}

/** The run ended, but nothing of the source is usable. */
function findFailure(id: string, { outcome, isUnusable, totals }: ItemsOutcome): EtlError | undefined {
  if (outcome === 'gone') return goneError(id);
  if (!isUnusable) return undefined;
  return new FatalError(`${id}: none of its ${formatInteger(totals.rejected)} records can be an item`, {
    op: 'map records',
    hint: `trestle-etl quarantine list --source ${id} has the reasons; correct item of ${id} in sources.yaml`,
  });
}

function goneError(id: string): ConfigError {
  return new ConfigError(`${id}: its server answered that it is gone (410); it is not requested any more`, {
    op: 'read',
    hint: `trestle-etl sources reset ${id} takes it up again; otherwise remove it from sources.yaml`,
  });
}

const GO: Permission = { kind: 'go' };

/** If the database cannot be asked, the run fails, and reports that. */
async function findPermission(context: Context, id: string, always: boolean): Promise<Permission> {
  try {
    return await readPermission(context, id, always);
  } catch (error) {
    if (error instanceof UnavailableError) return GO;
    throw error;
  }
}

function pausedError(id: string, until: number): BusyError {
  const time = new Date(until).toISOString().slice(0, 16).replace('T', ' ');
  return new BusyError(`${id}: its server asked for no requests until ${time} UTC`, {
    op: 'sync',
    hint: `the next sync after that reads it; trestle-etl full-load ${id} does not wait`,
  });
}

function formatSummary(
  id: string,
  { run, status, totals, calls, outcome, warnings }: ItemsOutcome,
  dryRun: boolean,
  ms: number,
): string {
  const { processed, inserted, updated, unchanged, rejected, deleted } = totals;
  const counts = Object.entries({ inserted, updated, unchanged, rejected, deleted })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${formatInteger(count)} ${name}`);
  const what = {
    read: `${formatInteger(processed)} records${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`,
    unchanged: 'nothing changed at the source',
    gone: 'the source is gone',
    waiting: 'the file is not complete yet',
  }[outcome];
  return [
    dryRun ? `${id}: a run would store` : `${id}, run ${run}: ${status}`,
    `  ${what}`,
    ...warnings.map((warning) => `  ${warning}`),
    `  ${calls} calls in ${formatDuration(ms)}`,
  ].join('\n');
}
