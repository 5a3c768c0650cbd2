import type { Context } from '../../app/context.ts';
import { formatTable } from '../../lib/table.ts';
import type { Print } from '../shared/tool.ts';
import { limitEntries } from './entries.ts';
import type { ListFlags } from './index.ts';
import { readLines } from './lines.ts';

/** Lists the lines of a published release that could not be rows. */
export async function listLines(
  { database }: Context,
  source: string,
  flags: ListFlags,
  print: Print,
): Promise<void> {
  const found = await readLines(database, source, { limit: flags.last + 1 });
  const { shown: lines, more } = limitEntries(found, flags.last);
  if (flags.json === true) return print(JSON.stringify(lines, null, 2));
  if (lines.length === 0) return print(`${source}: the published release has no rejected lines`);
  const rows = lines.map(({ id, table, year, member, line, reason, message }) => [
    String(id),
    table,
    String(year),
    member,
    String(line),
    `${reason}: ${message}`.slice(0, 100),
  ]);
  const head = ['number', 'table', 'year', 'file', 'line', 'reason'];
  return print([...formatTable([head, ...rows], new Set([0, 2, 4])), ...more].join('\n'));
}
