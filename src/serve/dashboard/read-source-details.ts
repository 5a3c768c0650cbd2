import type { Session } from '../../db/pool.ts';
import { readNewestItems } from '../../record/item.ts';
import { readLastRuns } from '../../record/run-log.ts';
import { hasTables } from '../../record/tables.ts';
import type { SourceReport } from '../../report/source-report.ts';
import type { SourceDetails } from './pages/source-page.ts';

const MAX_RUNS = 30;
const MAX_ITEMS = 5;

/** Reads what the page of a source shows, beside its state. */
export async function readSourceDetails(
  database: Session,
  report: SourceReport,
): Promise<Omit<SourceDetails, 'settings'>> {
  if (!(await hasTables(database))) return { report, runs: [], items: [] };
  return {
    report,
    runs: await readLastRuns(database, MAX_RUNS, report.source),
    items: report.items === null ? [] : await readNewestItems(database, report.source, MAX_ITEMS),
  };
}
