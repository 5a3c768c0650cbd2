import type { Session } from '../db/pool.ts';
import { type LoggedRun, readLastRuns } from '../record/run-log.ts';

/** Runs that are searched. */
const MAX_RUNS = 20;

/** Reads the last run that read a source: resets and replays are runs too. */
export async function readLastRead(session: Session, source: string): Promise<LoggedRun | undefined> {
  const runs = await readLastRuns(session, MAX_RUNS, source);
  return runs.find(({ mode }) => mode === 'sync' || mode === 'full-load');
}
