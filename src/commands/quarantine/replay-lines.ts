import type { Context } from '../../app/context.ts';
import { replayRejects } from '../../run/release/replay-rejects.ts';
import type { Print } from '../shared/tool.ts';
import { parseNumbers } from './lines.ts';

/** Loads rejected lines of a published release again. @throws UsageError if it has none of them. */
export async function replayLines(
  context: Context,
  source: string,
  keys: readonly string[],
  print: Print,
): Promise<void> {
  const { tools } = context.sourceNamed(source);
  const { good, bad, outdated } = await replayRejects(tools, parseNumbers(source, keys));
  print(`${good} are valid now and left quarantine, ${bad} are still invalid`);
  if (outdated.length === 0) return;
  print(
    `${outdated.join(', ')} was built before: the next import builds it again, trestle-etl full-load ${source} does so now`,
  );
}
