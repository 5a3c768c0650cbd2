import type { Context } from '../../app/context.ts';
import { refuseItems } from '../shared/refuse-items.ts';
import { readFileProgress, readImports } from '../../record/import.ts';
import { readChecks, readTableChanges } from '../../record/import-quality.ts';
import { hasTables } from '../../record/tables.ts';
import { formatReleases, type ReleaseReport } from './format.ts';
import type { ReleasesFlags } from './index.ts';

/** Prints the releases of a source, or of all. Reads the database only. */
export async function showReleases(
  { database, sourceNamed }: Context,
  source: string | undefined,
  flags: ReleasesFlags,
  print: (text: string) => void,
): Promise<void> {
  if (source !== undefined) refuseItems(sourceNamed(source), 'releases', 'county files');
  const reports: ReleaseReport[] = [];
  const imports = (await hasTables(database)) ? await readImports(database, source) : [];
  for (const each of imports) {
    reports.push({
      ...each,
      files: await readFileProgress(database, each.id),
      changes: await readTableChanges(database, each.id),
      checks: await readChecks(database, each.id),
    });
  }
  print(flags.json === true ? JSON.stringify(reports, null, 2) : formatReleases(reports));
}
