import type { Context } from '../../../app/context.ts';
import type { Print } from '../../shared/tool.ts';
import type { ListFlags } from '../index.ts';
import { formatSources } from './format.ts';
import { readSourceReports } from '../../shared/read-source-reports.ts';

/** Prints all configured sources. */
export async function listSources(context: Context, flags: ListFlags, print: Print): Promise<void> {
  const reports = await readSourceReports(context);
  const now = new Date(context.tools.clock.now()).toISOString();
  print(flags.json === true ? JSON.stringify(reports, null, 2) : formatSources(reports, now));
}
