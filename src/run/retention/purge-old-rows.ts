import { DAY_MS, toSqlDateTime } from '../../lib/time.ts';
import { hasCompletedRun, readServerTime } from '../../record/purge.ts';
import type { ActiveRun } from '../active-run.ts';
import { listSteps, type Step } from './steps.ts';

/** How long one run purges rows. The first run of the next day continues. */
const MAX_MS = 20_000;

/** With a clock that is ahead, everything would be too old. */
const MAX_CLOCK_DIFFERENCE_MS = DAY_MS;

/**
 * Purges rows that are older than the retention settings, and payloads without a row: after the first completed run of each source
 * and UTC day, under its lock, in small batches. Never throws: the run has succeeded.
 */
export async function purgeOldRows(active: ActiveRun): Promise<void> {
  const { connection, id, options, tools } = active;
  const { clock, log, source } = tools;
  if (options.dryRun) return;
  const now = clock.now();
  try {
    const since = toSqlDateTime(now - (now % DAY_MS));
    const difference = Math.abs(now - (await readServerTime(connection)));
    if (difference > MAX_CLOCK_DIFFERENCE_MS) {
      log.database.warn(
        { ms: difference },
        'nothing is purged: the clocks of this machine and the database differ',
      );
      return;
    }
    if (await hasCompletedRun(connection, source.id, { since, except: id })) return;
    const mayContinue = (): boolean => !tools.signal.aborted && clock.now() - now < MAX_MS;
    const purged: Record<string, number> = {};
    for (const step of listSteps(active, now)) {
      const count = await repeatStep(step, mayContinue);
      if (count > 0) purged[step.name] = (purged[step.name] ?? 0) + count;
    }
    if (Object.keys(purged).length > 0) log.database.info({ purged }, 'purged rows');
  } catch (err) {
    log.database.warn({ err }, 'could not purge rows; the first run of the next day will');
  }
}

async function repeatStep({ purgeBatch }: Step, mayContinue: () => boolean): Promise<number> {
  let purged = 0;
  while (mayContinue()) {
    const count = await purgeBatch();
    if (count === 0) break;
    purged += count;
  }
  return purged;
}
