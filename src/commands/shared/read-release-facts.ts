import type { Context } from '../../app/context.ts';
import type { Session } from '../../db/pool.ts';
import { DAY_MS } from '../../lib/time.ts';
import type { RunReport } from '../../model/alert.ts';
import { readSettledImports } from '../../run/release/imports.ts';

/** Districts publish the files of a year in its first half. */
const PUBLISHED_AFTER_MS = 182 * DAY_MS;

/** Reads what alerts need to know of a source that publishes releases; undefined for another source. */
export async function readReleaseFacts(
  session: Session,
  { source, clock }: Context['tools'],
): Promise<RunReport['release']> {
  if (source.release === undefined) return undefined;
  const { all, published } = await readSettledImports(session, source.id);
  const newest = all.find(({ id }) => id > (published?.id ?? 0));
  return {
    source: source.id,
    refused:
      newest?.state === 'refused'
        ? { id: newest.id, message: newest.message ?? 'its checks failed' }
        : undefined,
    year: published === undefined ? undefined : Math.max(...published.archives.map(({ year }) => year)),
    expectedYear: new Date(clock.now() - PUBLISHED_AFTER_MS).getUTCFullYear(),
  };
}
