import type { Context } from '../../app/context.ts';
import { readQuarantined } from '../../record/quarantine.ts';
import { parseReasons, unknownKeyError } from './entries.ts';

/** Shows one record in quarantine as received. @throws UsageError if it is not in quarantine. */
export async function showEntry(
  { database }: Context,
  key: string,
  flags: { readonly json?: boolean },
  print: (text: string) => void,
): Promise<void> {
  const entries = await readQuarantined(database, key);
  if (entries.length === 0) throw unknownKeyError(key);
  if (flags.json === true) return print(JSON.stringify(entries.map(parseReasons), null, 2));
  for (const entry of entries) {
    const { reasons } = parseReasons(entry);
    print(
      [
        `${entry.resource} ${entry.key}: seen ${entry.timesSeen} times, first ${entry.firstSeen.slice(0, 19)}, ` +
          `last ${entry.lastSeen.slice(0, 19)} UTC (run ${entry.run})`,
        ...reasons.map(({ field, rule, value }) => `  ${field || 'record'} ${rule}: ${value}`),
        entry.raw,
      ].join('\n'),
    );
  }
}
