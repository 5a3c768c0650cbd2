import type { Context } from '../../app/context.ts';
import { formatTable } from '../../lib/table.ts';
import { listQuarantined } from '../../record/quarantine.ts';
import { limitEntries, parseReasons } from './entries.ts';
import type { ListFlags } from './index.ts';
import { listFields } from './list-fields.ts';

/** Shows the newest records in quarantine, or with `--fields` the fields whose columns differ from what was sent. */
export async function listEntries(
  context: Context,
  flags: ListFlags,
  print: (text: string) => void,
): Promise<void> {
  const { database } = context;
  if (flags.fields === true) return listFields(context, flags, print);
  const { shown: entries, more } = limitEntries(await listQuarantined(database, flags.last + 1), flags.last);
  if (flags.json === true) return print(JSON.stringify(entries.map(parseReasons), null, 2));
  if (entries.length === 0) return print('quarantine is empty');
  const rows = entries.map((entry) => [
    entry.resource,
    entry.key,
    entry.lastSeen.slice(0, 19),
    String(entry.timesSeen),
    parseReasons(entry)
      .reasons.map(({ field, rule }) => `${field} ${rule}`.trim())
      .join('; ')
      .slice(0, 100),
  ]);
  const head = ['resource', 'key', 'last seen (UTC)', 'times', 'reason'];
  return print([...formatTable([head, ...rows], new Set([3])), ...more].join('\n'));
}
