import type { Context } from '../app/context.ts';
import { hasTables } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import { table } from '../lib/table.ts';
import type { Reason } from '../model/row.ts';
import {
  listQuarantined,
  purgeQuarantined,
  type Quarantined,
  readQuarantined,
} from '../record/quarantine.ts';
import { withRun } from '../run/lifecycle.ts';
import { replay } from '../run/repair/replay.ts';
import { listFields } from './quarantine-fields.ts';

export type QuarantineFlags = {
  readonly all?: boolean;
  readonly fields?: boolean;
  readonly last: number;
  readonly json?: boolean;
};

type Say = (text: string) => void;

/**
 * `list`, `show KEY`, `replay KEY…`, `purge KEY…`.
 * @throws UsageError where a key is missing, too many, or not in quarantine.
 */
export async function quarantineCommand(
  context: Context,
  action: string,
  keys: readonly string[],
  flags: QuarantineFlags,
  say: Say,
): Promise<void> {
  if (!(await hasTables(context.database))) return say('there are no tables yet');
  if (flags.fields === true && action !== 'list') {
    throw new UsageError(`quarantine ${action} takes no --fields`, {
      op: 'read arguments',
      hint: 'trestle-etl quarantine list --fields',
    });
  }
  if (action === 'list') {
    if (keys.length === 0)
      return flags.fields === true ? listFields(context, flags, say) : list(context, flags, say);
    throw new UsageError('quarantine list takes no keys', {
      op: 'read arguments',
      hint: 'it shows all; trestle-etl quarantine show takes a key',
    });
  }
  if (action === 'show') return show(context, only(keys), flags, say);
  if (keys.length > 0 && flags.all === true) {
    throw new UsageError(`quarantine ${action} takes keys or --all, not both`, {
      op: 'quarantine',
      hint: `trestle-etl quarantine ${action} --all`,
    });
  }
  if (keys.length === 0 && flags.all !== true) {
    throw new UsageError(`quarantine ${action} needs keys, or --all`, {
      op: 'read arguments',
      hint: 'trestle-etl quarantine list shows them',
    });
  }
  return action === 'purge' ? purge(context, keys, say) : replayAll(context, keys, say);
}

async function list({ database }: Context, flags: QuarantineFlags, say: Say): Promise<void> {
  const entries = await listQuarantined(database, flags.last);
  if (flags.json === true) return say(JSON.stringify(entries.map(parsed), null, 2));
  if (entries.length === 0) return say('nothing is in quarantine');
  const rows = entries.map((entry) => [
    entry.resource,
    entry.key,
    entry.lastSeen.slice(0, 19),
    String(entry.timesSeen),
    parsed(entry)
      .reasons.map(({ field, rule }) => `${field} ${rule}`.trim())
      .join('; ')
      .slice(0, 100),
  ]);
  return say(
    table([['resource', 'key', 'last seen (UTC)', 'times', 'why'], ...rows], new Set([3])).join('\n'),
  );
}

async function show({ database }: Context, key: string, flags: QuarantineFlags, say: Say): Promise<void> {
  const entries = await readQuarantined(database, key);
  if (entries.length === 0) throw unknown(key);
  if (flags.json === true) return say(JSON.stringify(entries.map(parsed), null, 2));
  for (const entry of entries) {
    const { reasons } = parsed(entry);
    say(
      [
        `${entry.resource} ${entry.key}: seen ${entry.timesSeen} times, first ${entry.firstSeen.slice(0, 19)}, ` +
          `last ${entry.lastSeen.slice(0, 19)} UTC (run ${entry.run})`,
        ...reasons.map(({ field, rule, value }) => `  ${field || 'record'} ${rule}: ${value}`),
        entry.raw,
      ].join('\n'),
    );
  }
}

async function purge({ database }: Context, keys: readonly string[], say: Say): Promise<void> {
  let purged = 0;
  for (const key of keys.length === 0 ? [undefined] : keys) purged += await purgeQuarantined(database, key);
  say(`${purged} forgotten; what is still bad comes back when the feed sends it again`);
}

async function replayAll(context: Context, keys: readonly string[], say: Say): Promise<void> {
  let text = '';
  const options = { mode: 'replay', resources: context.resources, dryRun: false } as const;
  await withRun(context.tools, options, async (active) => {
    const wanted = keys.length === 0 ? undefined : new Set(keys);
    const { good, bad } = await replay(active, wanted);
    if (wanted !== undefined && good + bad === 0) throw unknown(keys.join(', '));
    text = `${good} are good now and out of quarantine, ${bad} are still bad`;
    return bad === 0 ? 'success' : 'partial';
  });
  say(text);
}

function parsed<T extends Quarantined>(entry: T): Omit<T, 'reasons'> & { reasons: Reason[] } {
  return { ...entry, reasons: JSON.parse(entry.reasons) as Reason[] };
}

function only(keys: readonly string[]): string {
  const [key] = keys;
  if (key !== undefined && keys.length === 1) return key;
  throw new UsageError('quarantine show needs one key', {
    op: 'read arguments',
    hint: 'trestle-etl quarantine list shows them',
  });
}

function unknown(key: string): UsageError {
  return new UsageError(`${key} is not in quarantine`, {
    op: 'read quarantine',
    hint: 'trestle-etl quarantine list shows what is',
  });
}
