import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { formatInteger } from '../../lib/number.ts';
import { hasTables } from '../../record/tables.ts';
import { readReleases } from '../../report/read-releases.ts';
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
import { countUnmapped, listUnmapped, purgeItems, replayItems, showUnmapped } from './unmapped.ts';

/** Lists records of the feed in quarantine and counts what other sources have, or lists the entries of one source. */
export async function listQuarantine(context: Context, flags: ListFlags, print: Print): Promise<void> {
  if (flags.source === undefined && isOneOfSeveral(context) && flags.json !== true && flags.fields !== true)
    return summarize(context, print);
  const { source, kind } = selectSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  if (kind !== 'records' && flags.fields === true) throw noFields(source, kind);
  if (kind === 'lines') return listLines(context, source, flags, print);
  if (kind === 'items') return listUnmapped(context, source, flags, print);
  await listEntries(context, flags, print);
  if (flags.fields !== true && flags.json !== true) await countOthers(context, print);
}

/** Without a feed no source comes first: counts what all of them have. */
async function summarize(context: Context, print: Print): Promise<void> {
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  if (!(await countOthers(context, print))) print('quarantine is empty');
}

/** Counts what sources other than the feed have, one line each. @returns whether any of them has something. */
async function countOthers(context: Context, print: Print): Promise<boolean> {
  const releases = await readReleases(context.database, context, context.tools.clock.now());
  const rejected = releases.flatMap(({ source, published }) =>
    published === null || published.rejects === 0 ? [] : [{ source, count: published.rejects }],
  );
  for (const { source, count } of rejected)
    print(
      `${source}: ${formatInteger(count)} rejected line(s): trestle-etl quarantine list --source ${source}`,
    );
  return (await countUnmapped(context, print)) || rejected.length > 0;
}

export async function showQuarantined(
  context: Context,
  key: string,
  flags: ShowFlags,
  print: Print,
): Promise<void> {
  const { source, kind } = selectSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  if (kind === 'lines') return showLine(context, source, key, flags, print);
  if (kind === 'items') return showUnmapped(context, source, key, flags, print);
  return showEntry(context, key, flags, print);
}

export async function replayQuarantined(
  context: Context,
  keys: readonly string[],
  flags: SelectionFlags,
  print: Print,
): Promise<void> {
  const { source, kind } = selectSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  requireSelection('replay', keys, flags.all);
  if (kind === 'lines') return replayLines(context, source, keys, print);
  if (kind === 'items') return replayItems(context, source, keys, print);
  return replayEntries(context, keys, print);
}

export async function purgeQuarantined(
  context: Context,
  keys: readonly string[],
  flags: SelectionFlags,
  print: Print,
): Promise<void> {
  const { source, kind } = selectSource(context, flags.source);
  if (!(await hasTables(context.database))) return print(NO_TABLES);
  requireSelection('purge', keys, flags.all);
  if (kind === 'lines') return purgeLines(context, source, keys, print);
  if (kind === 'items') return purgeItems(context, source, keys, print);
  return purgeEntries(context, keys, print);
}

/** What a source has in quarantine: records of the feed, lines of county files, or records that cannot be items. */
type Kind = 'records' | 'lines' | 'items';

/** @throws UsageError for an unknown name, or for none if it is not clear which source is meant. */
function selectSource(
  context: Context,
  named: string | undefined,
): { readonly source: string; readonly kind: Kind } {
  if (named === undefined && isOneOfSeveral(context))
    throw new UsageError('which source? No feed is configured, and there are several others', {
      op: 'read arguments',
      hint: 'add --source NAME; trestle-etl quarantine list shows which sources have entries',
    });
  const source = named ?? context.tools.source.id;
  return { source, kind: kindOf(context, source) };
}

/** Whether the first source is no feed, but one of several that are equal. */
function isOneOfSeveral(context: Context): boolean {
  return context.sources.length > 1 && kindOf(context, context.tools.source.id) !== 'records';
}

function kindOf(context: Context, source: string): Kind {
  const { release, items } = context.sourceNamed(source).tools.source;
  return release === undefined ? (items === undefined ? 'records' : 'items') : 'lines';
}

function noFields(source: string, kind: Exclude<Kind, 'records'>): UsageError {
  return new UsageError(`--fields is not for ${source}`, {
    op: 'read arguments',
    hint:
      kind === 'lines'
        ? `trestle-etl releases ${source} shows the values that could not be converted`
        : `trestle-etl sources test ${source} counts the values that cannot be read`,
  });
}
