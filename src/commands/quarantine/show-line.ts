import type { Context } from '../../app/context.ts';
import type { Print } from '../shared/tool.ts';
import type { ShowFlags } from './index.ts';
import { parseNumbers, readLines, unknownLineError } from './lines.ts';

/** Shows one rejected line as it was received. @throws UsageError if the published release has no such line. */
export async function showLine(
  { database }: Context,
  source: string,
  key: string,
  flags: ShowFlags,
  print: Print,
): Promise<void> {
  const [line] = await readLines(database, source, { limit: 1, ids: parseNumbers(source, [key]) });
  if (line === undefined) throw unknownLineError(source, key);
  if (flags.json === true) return print(JSON.stringify(line, null, 2));
  const { id, table, year, archive, member, line: number, offset, reason, message, raw } = line;
  return print(
    [
      `${source} ${id}: line ${number} of ${archive}/${member}, byte ${offset}, for ${table} of ${year}`,
      `  ${reason}: ${message}`,
      raw,
    ].join('\n'),
  );
}
