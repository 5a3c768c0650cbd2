import type { Session } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { toSqlDateTime } from '../lib/time.ts';
import { moveWatermark, noWatermark, readWatermark, type Watermark } from '../record/watermark.ts';
import type { Active } from './active.ts';

type Named = { readonly name: string };

/**
 * The watermark as this run knows it: read once under the lock, from then on what this run has made of it. To read it
 * again would be to accept what another run has done meanwhile.
 */
export async function watermarkOf(active: Active, { name }: Named): Promise<Watermark> {
  const known = active.watermarks.get(name);
  if (known !== undefined) return known;
  const read = active.hasTables ? await readWatermark(active.connection, name) : noWatermark(name);
  active.watermarks.set(name, read);
  return read;
}

/**
 * One transaction of a run: moves the watermark, which holds every other writer of the resource back, then does `work`.
 * @param move what becomes of the watermark; unchanged where only the fence is wanted.
 * @throws FencedError, with nothing written, where another run has moved it since this one read it.
 */
export async function fenced<T>(
  active: Active,
  resource: Named,
  move: (watermark: Watermark) => Watermark,
  work: (session: Session, watermark: Watermark, at: string) => Promise<T>,
): Promise<T> {
  const { connection, tools, id } = active;
  const before = await watermarkOf(active, resource);
  const after = move(before);
  const at = toSqlDateTime(tools.clock.now());
  const done = await transaction(connection, { ...tools, log: tools.log.database }, async (session) => {
    const watermark = await moveWatermark(session, before, after, id, at);
    return { watermark, result: await work(session, watermark, at) };
  });
  active.watermarks.set(resource.name, done.watermark);
  return done.result;
}

/** Moves the watermarks of several resources at once, all of them or none. */
export async function moveAll(
  active: Active,
  resources: readonly Named[],
  move: (watermark: Watermark) => Watermark,
): Promise<void> {
  const { connection, tools, id } = active;
  const at = toSqlDateTime(tools.clock.now());
  const known: Watermark[] = [];
  for (const resource of resources) known.push(await watermarkOf(active, resource));
  const moved = await transaction(connection, { ...tools, log: tools.log.database }, async (session) => {
    const after: Watermark[] = [];
    for (const before of known) after.push(await moveWatermark(session, before, move(before), id, at));
    return after;
  });
  for (const watermark of moved) active.watermarks.set(watermark.resource, watermark);
}

export const stay = (watermark: Watermark): Watermark => watermark;
