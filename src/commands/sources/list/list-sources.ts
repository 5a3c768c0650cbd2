import type { Context } from '../../../app/context.ts';
import { hasTables } from '../../../record/tables.ts';
import type { ListFlags } from '../index.ts';
import { formatRemoved, formatSources, reportRemoved } from './format.ts';
import { readSourceReports } from '../../../report/read-source-reports.ts';
import { findRemovedSources } from '../../shared/removed-sources.ts';
import type { Print } from '../../shared/tool.ts';

/** Prints all configured sources, and what is stored of others. */
export async function listSources(context: Context, flags: ListFlags, print: Print): Promise<void> {
  const { database, sources, tools } = context;
  const reports = await readSourceReports(context);
  const removed = (await hasTables(database))
    ? await findRemovedSources(
        database,
        sources.map(({ id }) => id),
      )
    : [];
  if (flags.json === true) return print(JSON.stringify([...reports, ...removed.map(reportRemoved)], null, 2));
  const now = new Date(tools.clock.now()).toISOString();
  return print([formatSources(reports, now), ...formatRemoved(removed)].join('\n'));
}
