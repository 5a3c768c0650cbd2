import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { formatInteger } from '../../lib/number.ts';
import { hasTables } from '../../record/tables.ts';
import { hasReleases } from '../shared/has-releases.ts';
import { readReleases } from '../shared/read-releases.ts';
import type { Print } from '../shared/tool.ts';
import { NO_TABLES, requireSelection } from './entries.ts';
import type { ListFlags, SelectionFlags, ShowFlags } from './index.ts';
import { listEntries } from './list-entries.ts';
import { listLines } from './list-lines.ts';
import { purgeEntries } from './purge-entries.ts';
import { purgeLines } from './purge-lines.ts';
import { replayEntries } from './replay-entries.ts';
import { replayLines } from './replay-lines.ts';
import { showEntry } from './show-entry.ts';
import { showLine } from './show-line.ts';

/** Lists records of the feed in quarantine and counts the rejected lines of county files, or lists those of one county. */
export async function listQuarantine(context: Context, flags: ListFlags, print: Print): Promise<void> {
  const source = findLineSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  if (source !== undefined) {
    if (flags.fields === true) throw noFields(source);
    return listLines(context, source, flags, print);
  }
  await listEntries(context, flags, print);
  if (flags.fields === true || flags.json === true) return undefined;
  const releases = await readReleases(context.database, context, context.tools.clock.now());
  for (const { source: id, published } of releases) {
    if (published === null || published.rejects === 0) continue;
    print(
      `${id}: ${formatInteger(published.rejects)} rejected line(s): trestle-etl quarantine list --source ${id}`,
    );
  }
}

export async function showQuarantined(
  context: Context,
  key: string,
  flags: ShowFlags,
  print: Print,
): Promise<void> {
  const source = findLineSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  return source === undefined
    ? showEntry(context, key, flags, print)
    : showLine(context, source, key, flags, print);
}

export async function replayQuarantined(
  context: Context,
  keys: readonly string[],
  flags: SelectionFlags,
  print: Print,
): Promise<void> {
  const source = findLineSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  requireSelection('replay', keys, flags.all);
  return source === undefined
    ? replayEntries(context, keys, print)
    : replayLines(context, source, keys, print);
}

export async function purgeQuarantined(
  context: Context,
  keys: readonly string[],
  flags: SelectionFlags,
  print: Print,
): Promise<void> {
  const source = findLineSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  requireSelection('purge', keys, flags.all);
  return source === undefined ? purgeEntries(context, keys, print) : purgeLines(context, source, keys, print);
}

/** The source whose rejected lines a command is about; undefined: records of the feed. @throws UsageError for an unknown name. */
function findLineSource(context: Context, named: string | undefined): string | undefined {
  const id = named ?? context.tools.source.id;
  return hasReleases(context, id) ? id : undefined;
}

function noFields(source: string): UsageError {
  return new UsageError(`--fields is not for ${source}`, {
    op: 'read arguments',
    hint: `trestle-etl releases ${source} shows the values that could not be converted`,
  });
}
