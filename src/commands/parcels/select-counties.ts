import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { refuseItems } from '../shared/refuse-items.ts';
import type { ParcelMatching } from '../../sources/release.ts';

/** A source whose accounts listings are matched with. */
export type County = {
  readonly id: string;
  readonly tools: Context['tools'];
  readonly matching: ParcelMatching;
};

/** Selects one county, or all of them. @throws UsageError if the source has no accounts, or there is no such source. */
export async function selectCounties(
  context: Context,
  named: string | undefined,
): Promise<readonly County[]> {
  const ids = named === undefined ? context.sources.map(({ id }) => id) : [named];
  const counties: County[] = [];
  for (const id of ids) {
    const { tools } = context.sourceNamed(id);
    if (named !== undefined) refuseItems({ tools }, 'parcels', 'county files');
    const matching = (await tools.source.release?.load())?.matching;
    if (matching !== undefined) counties.push({ id, tools, matching });
  }
  if (counties.length > 0) return counties;
  throw new UsageError(
    named === undefined
      ? 'no configured source has accounts that listings can be matched with'
      : `${named} has no accounts that listings can be matched with`,
    {
      op: 'parcels',
      hint: 'add a county to sources.yaml, with the table of accounts of its layout among its tables, and counties if the layout names none (pacs); then trestle-etl sync',
    },
  );
}
