import type { Parts } from '../../app/checkup.ts';
import { readSchemaState } from '../../record/tables.ts';
import { type Check, ok, skipped, warn } from '../../sources/check.ts';
import { describeRemoved, findRemovedSources, listRemovals } from '../shared/removed-sources.ts';
import { withConnection } from './database.ts';

/** Checks for items of sources that are not configured any more: nothing reads or deletes them. */
export function listRemovedChecks(parts: () => Parts, configured: readonly string[]): Check[] {
  const run: Check['run'] = () =>
    withConnection(parts().database, async (own) => {
      if ((await readSchemaState(own)) !== 'current') return skipped('no tables yet');
      const removed = await findRemovedSources(own, configured);
      if (removed.length === 0) return ok('none');
      const statements = removed.flatMap(listRemovals).join('\n');
      return warn(removed.map(describeRemoved).join('; '), `if they are not needed, in SQL:\n${statements}`);
    });
  return [{ name: 'removed sources', needs: ['tables'], run }];
}
