import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { hasTables } from '../../record/tables.ts';
import type { PlanMode } from '../../run/plan.ts';
import { readSettledImports } from '../../run/release/imports.ts';
import { planImport } from '../../run/release/plan-import.ts';
import { requireCapability } from '../../sources/source.ts';
import { formatReleasePlan, type PlannedRelease } from './format-release.ts';
import type { PlanFlags } from './index.ts';

/**
 * Shows what an import of a source would fetch and load. Asks the publisher for the state of each archive, and downloads nothing.
 * @param tools of the source, opened for a user who waits.
 * @throws UsageError for a reconcile: a release is read whole.
 */
export async function showReleasePlan(
  { database }: Context,
  tools: Context['tools'],
  mode: PlanMode,
  flags: PlanFlags,
  print: (text: string) => void,
): Promise<void> {
  const { source, clock, signal } = tools;
  if (mode === 'reconcile') {
    throw new UsageError(`reconcile is not for ${source.id}, which is read whole`, {
      op: 'plan',
      hint: `trestle-etl plan --source ${source.id}`,
    });
  }
  const reader = await requireCapability(source, 'release', 'plan').load();
  const imports = (await hasTables(database)) ? await readSettledImports(database, source.id) : undefined;
  const always = mode === 'full-load';
  const planned = await planImport(reader, { published: imports?.published, always }, signal);
  const head = {
    source: source.id,
    mode,
    at: new Date(clock.now()).toISOString(),
    asked: source.requests(),
    published: imports?.published?.id ?? null,
  };
  const report: PlannedRelease =
    planned.kind === 'absent'
      ? { ...head, archives: [], absentYears: planned.years, tables: [], bytes: 0, requests: 0 }
      : {
          ...head,
          archives: planned.found.archives.map(({ name, year, url, bytes, lastModified, isChanged }) => ({
            name,
            year,
            url,
            bytes: bytes ?? null,
            lastModified: lastModified ?? null,
            isChanged,
          })),
          absentYears: planned.found.absentYears,
          tables: [
            ...planned.plan.builds.map(({ table, loads, copies }) => ({ table: table.table, loads, copies })),
            ...Object.keys(planned.plan.kept).map((table) => ({ table, loads: [], copies: [] })),
          ],
          bytes: planned.found.archives.reduce(
            (sum, { bytes = 0, isChanged }) => sum + (isChanged ? bytes : 0),
            0,
          ),
          requests: planned.found.archives.length,
        };
  print(flags.json === true ? JSON.stringify(report, null, 2) : formatReleasePlan(report));
}
