import type { Context } from '../../app/context.ts';
import { formatUsageAsCsv, formatUsage } from './format.ts';
import type { UsageFlags } from './index.ts';
import { readUsage } from './read.ts';

/** Shows the calls and their cost; reads the database only. */
export async function showUsage(
  context: Context,
  flags: UsageFlags,
  print: (text: string) => void,
): Promise<void> {
  const { config, database, tools } = context;
  const usage = await readUsage(database, flags, {
    now: tools.clock.now(),
    quota: tools.source.quota?.(),
    price: config.cost,
    quotaPercent: config.alerts.quotaPercent,
  });
  if (flags.json === true) return print(JSON.stringify(usage, null, 2));
  return print(flags.csv === true ? formatUsageAsCsv(usage) : formatUsage(usage));
}
