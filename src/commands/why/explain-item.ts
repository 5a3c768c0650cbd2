import type { Context } from '../../app/context.ts';
import { readItemReport } from '../../report/read-item-report.ts';
import type { Print } from '../shared/tool.ts';
import type { ItemAddress } from './find-item.ts';
import { describeItem } from './format-item.ts';
import type { WhyFlags } from './index.ts';

/** Explains one item from what is stored: its record, its error, when it was seen and changed. Sends no request. */
export async function explainItem(
  context: Context,
  { source, id }: ItemAddress,
  flags: WhyFlags,
  print: Print,
): Promise<void> {
  const why = await readItemReport(context, source, id);
  print(flags.json === true ? JSON.stringify(why, null, 2) : describeItem(why));
}
