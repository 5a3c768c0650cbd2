import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';

/**
 * For a command that a source of items has no use for. Other sources pass.
 * @param needs what the command needs: `a feed`, `releases`.
 * @throws UsageError with the command to run instead.
 */
export function refuseItems({ tools }: Pick<Context, 'tools'>, op: string, needs: string): void {
  const { id, items } = tools.source;
  if (items === undefined) return;
  throw new UsageError(`${op} needs ${needs}, and the records of ${id} are items`, {
    op,
    hint: HINTS[op]?.(id) ?? `trestle-etl sources shows the state of ${id}`,
  });
}

/** What takes the place of a command, by its name. */
const HINTS: Readonly<Record<string, (id: string) => string>> = {
  verify: (id) => `trestle-etl full-load ${id} reads everything again`,
  reconcile: (id) => `deletes: absent, in the entry of ${id}, marks items that the source no longer has`,
  fields: (id) => `change item of ${id} in sources.yaml, then: trestle-etl reprocess ${id}`,
  schema: (id) => `trestle-etl sources test ${id} shows records beside items`,
  undelete: (id) => `an item that the source has again returns with trestle-etl sync ${id}`,
  why: (id) => `trestle-etl why ${id}/ID explains an item`,
  asof: (id) => `trestle-etl why ${id}/ID shows when an item changed last`,
};
