import type { Counts } from '../../model/counts.ts';
import type { Mode } from '../../model/mode.ts';
import { readTableChanges, type TableChange } from '../../record/import-quality.ts';
import type { RunStatus } from '../../record/run-log.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { toRunState } from '../tally.ts';
import { importRelease, type ImportOptions } from './import-release.ts';

/** The result of an import, for people. */
export type ImportOutcome = {
  readonly run: number;
  readonly status: RunStatus;
  readonly totals: Counts;
  readonly calls: number;
  /** The tables of the new release; none if nothing was published. */
  readonly tables: readonly TableChange[];
  /** The tables that a run would load, if this one was a dry run. */
  readonly planned: readonly string[];
};

/** Runs one import under the source's lock, with a row in etl_sync_log. @throws EtlError; the published release stays. */
export async function runImport(
  tools: RunTools,
  options: ImportOptions & { readonly mode: Mode; readonly dryRun: boolean },
): Promise<ImportOutcome> {
  let tables: readonly TableChange[] = [];
  let planned: readonly string[] = [];
  const { mode, dryRun } = options;
  const done = await withRun(tools, { mode, dryRun, resources: [] }, async (active) => {
    const { status, published, ...result } = await importRelease(active, options);
    planned = result.planned ?? [];
    if (published !== undefined) tables = await readTableChanges(active.connection, published);
    return status;
  });
  tools.progress.end();
  const { totals, calls } = toRunState(done.tally, tools.source.requests());
  return { run: done.id, status: done.status, totals, calls, tables, planned };
}
