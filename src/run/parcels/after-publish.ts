import { existingTables } from '../../db/existing-tables.ts';
import { EtlError, ImplausibleDataError } from '../../errors.ts';
import { hasView, parcelViews, replaceViews, type ParcelSource } from '../../load/release/parcel-views.ts';
import { readImports } from '../../record/import.ts';
import type { ParcelMatching } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { countMatched, matchParcels } from './match-parcels.ts';

/**
 * Brings what depends on a published release up to date: the views over all counties, and the matches of listings.
 * @returns whether all of it succeeded. What failed is logged: the release is published either way.
 */
export async function updateParcels(
  active: ActiveRun,
  matching: ParcelMatching | undefined,
): Promise<boolean> {
  const { progress, log, source } = active.tools;
  if (matching === undefined) return true;
  const steps = [
    () => refreshViews(active),
    async () => {
      const report = await matchParcels(active, matching);
      if (report === undefined) return;
      progress.report(
        `${source.id}: ${countMatched(report)} of ${report.listings} listings match an account`,
      );
    },
  ];
  let isComplete = true;
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      const isOwn =
        error instanceof ImplausibleDataError || (error instanceof EtlError && error.exitCode === 78);
      if (!isOwn) throw error;
      isComplete = false;
      log.main.error({ err: error }, 'the release is published, but parcels are not up to date');
      progress.report(error.message);
    }
  }
  return isComplete;
}

/** Makes the views read the accounts of every source that has a published release. */
async function refreshViews({ connection }: ActiveRun): Promise<void> {
  const published = (await readImports(connection)).filter(({ state }) => state === 'published');
  const candidates: ParcelSource[] = published.flatMap(({ source, tables }) =>
    Object.keys(tables)
      .filter((table) => table.endsWith('_parcel'))
      .map((table) => ({ source, table })),
  );
  const names = candidates.map(({ table }) => table);
  if (names.length === 0) return;
  const known = await existingTables(connection, [...names, 'properties']);
  if (!known.has('properties')) return;
  const sources = candidates.filter(({ table }) => known.has(table));
  if (sources.length === 0) return;
  const tables = sources.map(({ table }) => table);
  const views = parcelViews(sources);
  const areCurrent = await Promise.all(Object.keys(views).map((name) => hasView(connection, name, tables)));
  if (!areCurrent.every(Boolean)) await replaceViews(connection, views);
}
