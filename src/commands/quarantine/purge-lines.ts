import type { Context } from '../../app/context.ts';
import { purgeRejects } from '../../run/release/purge-rejects.ts';
import type { Print } from '../shared/tool.ts';
import { parseNumbers } from './lines.ts';

/** Deletes rejected lines of a source, also those of earlier releases. */
export async function purgeLines(
  { database }: Context,
  source: string,
  keys: readonly string[],
  print: Print,
): Promise<void> {
  const purged = await purgeRejects(database, source, parseNumbers(source, keys));
  print(`${purged} deleted; lines that are still invalid return when their file is loaded again`);
}
