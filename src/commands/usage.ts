import type { Context } from '../app/context.ts';
import { type By, readUsage } from './usage-read.ts';
import { usageAsCsv, usageAsText } from './usage-text.ts';

export type UsageFlags = {
  readonly days: number;
  readonly by: By;
  readonly json?: boolean;
  readonly csv?: boolean;
};

/** Shows what was called and what it costs; asks the database only. */
export async function usageCommand(
  context: Context,
  flags: UsageFlags,
  say: (text: string) => void,
): Promise<void> {
  const { config, database, tools } = context;
  const usage = await readUsage(database, flags, {
    now: tools.clock.now(),
    quota: tools.source.quota?.(),
    price: config.cost,
    quotaPercent: config.alerts.quotaPercent,
  });
  if (flags.json === true) return say(JSON.stringify(usage, null, 2));
  return say(flags.csv === true ? usageAsCsv(usage) : usageAsText(usage));
}
