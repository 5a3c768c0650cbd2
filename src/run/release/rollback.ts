import { UsageError } from '../../errors.ts';
import { existingTables } from '../../db/existing-tables.ts';
import { markerTable, unpublishedName } from '../../load/release/names.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { clearImportMessage, type Import } from '../../record/import.ts';
import { requireCapability } from '../../sources/source.ts';
import { updateParcels } from '../parcels/after-publish.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { settleImports } from './imports.ts';
import { publishRelease } from './publish-release.ts';

export type RollbackOutcome = {
  readonly from: Import;
  readonly to: Import;
};

/**
 * Publishes an earlier release again, in place of the published one. No row is copied.
 * @param id the import to publish; undefined: the newest before the published one.
 * @throws UsageError if there is no such release, or its tables are gone.
 */
export async function rollbackRelease(tools: RunTools, id: number | undefined): Promise<RollbackOutcome> {
  let outcome: RollbackOutcome | undefined;
  const { matching } = await requireCapability(tools.source, 'release', 'rollback').load();
  const options = { mode: 'rollback', resources: [], dryRun: false } as const;
  await withRun(tools, options, async (active) => {
    const { all, published: from } = await settleImports(active);
    const source = tools.source.id;
    if (from === undefined) throw refuse(source, 'no release is published');
    const to = all.find((each) =>
      id === undefined ? each.state === 'kept' && each.id < from.id : each.id === id,
    );
    if (to === undefined || !['kept', 'rolled-back'].includes(to.state)) {
      throw refuse(source, id === undefined ? 'no earlier release is kept' : `release ${id} is not kept`);
    }
    await requireTables(active.connection, source, from, to);
    await publishRelease(active, from, to, 'rolled-back');
    outcome = { from, to };
    if (!(await updateParcels(active, matching))) return 'partial';
    await clearImportMessage(active.connection, to.id, toSqlDateTime(tools.clock.now()));
    return 'success';
  });
  return outcome!;
}

function refuse(source: string, reason: string): UsageError {
  return new UsageError(`${source}: ${reason}`, {
    op: 'rollback',
    hint: `trestle-etl releases ${source} lists the releases; keep_releases in sources.yaml sets how many are kept`,
  });
}

/** @throws UsageError if a user dropped a table of the release. */
async function requireTables(
  session: Parameters<typeof existingTables>[0],
  source: string,
  from: Import,
  to: Import,
): Promise<void> {
  const names = Object.entries({ ...to.tables, [markerTable(source)]: to.id })
    .filter(([table, maker]) => from.tables[table] !== maker)
    .map(([table, maker]) => unpublishedName(table, maker));
  const found = await existingTables(session, names);
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw refuse(source, `the table ${missing[0]} of release ${to.id} is gone`);
}
