import type { Session } from '../../db/pool.ts';
import { readCallsOfRun } from '../../record/api-usage.ts';
import { readRun } from '../../record/run-log.ts';
import { hasTables } from '../../record/tables.ts';
import type { RunDetails } from './pages/run-page.ts';

/** Reads a run and its requests; undefined if there is no such run. */
export async function readRunDetails(database: Session, id: number): Promise<RunDetails | undefined> {
  if (!(await hasTables(database))) return undefined;
  const run = await readRun(database, id);
  return run === undefined ? undefined : { run, calls: await readCallsOfRun(database, id) };
}
