import type { ExaminedSource } from '../../app/checkup.ts';
import type { Connection } from '../../db/pool.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { countItems } from '../../record/item.ts';
import { type ItemState, readItemState } from '../../record/item-checkpoint.ts';
import { readLastEnds } from '../../record/run-log.ts';
import { readSchemaState } from '../../record/tables.ts';
import { toCheckpoint } from '../../run/items/items-run.ts';
import { type Check, fail, type Finding, ok, skipped, warn } from '../../sources/check.ts';
import { isSameRead, type ItemBatch, type ItemReader, type ItemsLoader } from '../../sources/items.ts';
import { type Condition, describeSource, withFailedRun } from '../../report/describe-source.ts';
import { readLastRead } from '../../report/read-last-read.ts';
import { staleAfter } from '../../report/stale-items.ts';
import { withConnection } from './database.ts';
import type { ReleaseCheckTools } from './releases.ts';

/**
 * Checks what a run of a source of items needs: its entry, its address or its files, its state, its items. One request, with
 * the conditions of the stored checkpoint; nothing is stored.
 * @param items of the source, opened for a user who waits.
 */
export function listItemChecks(
  { id, every }: Pick<ExaminedSource, 'id' | 'every'>,
  items: ItemsLoader,
  { parts, now }: ReleaseCheckTools,
): readonly Check[] {
  let stored: ItemState | undefined;
  const check = (name: string, need: string, run: Check['run']): Check => ({
    name: `${id} ${name}`,
    needs: [need],
    run,
  });
  const query = (look: (own: Connection) => Promise<Finding>) => () =>
    withConnection(parts().database, async (own) =>
      (await readSchemaState(own)) === 'current' ? look(own) : skipped('no tables yet'),
    );
  return [
    check('entry', 'configuration', async () => {
      const { type, mapper, deletes } = await items.load();
      return ok(
        `${type}, fields: ${mapper.fields.join(', ')}${deletes === 'absent' ? '; deletes: absent' : ''}`,
      );
    }),
    check(
      'state',
      'tables',
      query(async (own) => {
        stored = await readItemState(own, id);
        const reader = await items.load();
        if (stored === undefined) return checkState(id, undefined);
        const run = await readLastRead(own, id);
        return checkState(id, withFailedRun(describeSource(id, stored, reader, now()), run));
      }),
    ),
    check('address', `${id} entry`, async () => checkAddress(id, await items.load(), stored)),
    check(
      'items',
      'tables',
      query(async (own) => {
        const counts = (await countItems(own)).find(({ source }) => source === id);
        const { completed } = await readLastEnds(own, id);
        const age = completed === undefined ? undefined : now() - completed;
        const limit = staleAfter(every, parts().config.alerts.maxAge);
        return checkItems(id, { items: counts?.items ?? 0, unmapped: counts?.unprocessed ?? 0, age }, limit);
      }),
    ),
  ];
}

/** @param condition undefined: no run has stored one. */
export function checkState(id: string, condition: Condition | undefined): Finding {
  if (condition === undefined) return ok('not read yet');
  const { state, notes } = condition;
  const [first, ...others] = notes;
  if (first === undefined) return ok('no problems');
  const advice = [...others, ...(state === 'failing' ? [`trestle-etl sync ${id} tries again`] : [])];
  return warn(first, advice.length === 0 ? `trestle-etl sources has the state of ${id}` : advice.join('\n'));
}

/** A source that is gone is not requested: its server answered 410. */
async function checkAddress(id: string, reader: ItemReader, stored: ItemState | undefined): Promise<Finding> {
  if (stored?.goneAt !== undefined) return skipped('the source is gone');
  const checkpoint =
    stored === undefined || !isSameRead(stored.readShape, reader) ? undefined : toCheckpoint(stored);
  // A file with an address is downloaded as a whole.
  if (reader.type === 'csv' && reader.server !== undefined && checkpoint === undefined)
    return skipped(`nothing is known of the file: trestle-etl sources test ${id} downloads it`);
  const { signal } = new AbortController();
  for await (const batch of reader.read({ checkpoint, always: false, maxBatches: 1 }, signal))
    return describeBatch(id, batch);
  return ok('nothing new');
}

export function describeBatch(id: string, { end, records, warnings, place }: ItemBatch): Finding {
  const [warning] = warnings;
  const broken = records.filter(({ item }) => item === undefined);
  if (end?.outcome === 'gone')
    return fail(
      'the server answered that the source is gone (410)',
      `remove ${id} from sources.yaml, or correct its address`,
    );
  if (end?.outcome === 'waiting')
    return warn(
      'there is no complete file yet',
      'nothing to do if it is still being written; otherwise check path',
    );
  if (broken.length > 0 && broken.length === records.length)
    return fail(
      `none of the first ${records.length} records can be an item: ${broken[0]!.error ?? 'unknown reason'}`,
      `trestle-etl sources test ${id} shows records beside items`,
    );
  if (warning !== undefined) return warn(warning, `trestle-etl sources test ${id} shows more`);
  if (end?.outcome === 'unchanged') return ok('answers: unchanged since the last run');
  return ok(`answers: ${place}`);
}

/** @param limit the age after which the source is stale. Ages are milliseconds. */
export function checkItems(
  id: string,
  found: { readonly items: number; readonly unmapped: number; readonly age: number | undefined },
  limit: number,
): Finding {
  const { items, unmapped, age } = found;
  if (age === undefined) return warn('nothing is loaded yet', `trestle-etl sync ${id}`);
  const what = `${formatInteger(items)} items, last read ${formatDuration(Math.max(0, age))} ago`;
  if (age > limit)
    return fail(
      `${what}, more than the allowed ${formatDuration(limit)}`,
      `trestle-etl sync ${id}; if that works, check cron`,
    );
  if (unmapped > 0)
    return warn(
      `${what}; ${formatInteger(unmapped)} records cannot be items`,
      `trestle-etl quarantine list --source ${id}`,
    );
  return ok(what);
}
