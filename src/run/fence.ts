import type { Session } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { FencedError, UnavailableError } from '../errors.ts';
import { toSqlDateTime } from '../lib/time.ts';
import { moveWatermark, createWatermark, readWatermark, type Watermark } from '../record/watermark.ts';
import { type ActiveRun, databaseToolsOf } from './active-run.ts';

type NamedDataset = { readonly name: string };

/**
 * Returns the watermark as this run knows it: read once under the lock, then as this run moved it. Reading it again would
 * accept the changes of another run.
 */
export async function getWatermark(active: ActiveRun, { name }: NamedDataset): Promise<Watermark> {
  const known = active.watermarks.get(name);
  if (known !== undefined) return known;
  const read = active.hasTables ? await readWatermark(active.connection, name) : createWatermark(name);
  active.watermarks.set(name, read);
  return read;
}

/**
 * Runs `work` in a transaction that first moves the watermark, which blocks every other writer of the dataset. After a
 * broken connection the transaction runs again on a new one; if it broke during the commit, the watermark shows whether
 * the commit succeeded. The server that lost the connection may commit later: then the repeated transaction is fenced off
 * by this run's own watermark, which counts as success.
 * @param move the new watermark; use `keepWatermark` if only the fence is needed.
 * @throws FencedError if another run has moved the watermark since this run read it. Nothing was written.
 */
export async function commitFenced<T>(
  active: ActiveRun,
  dataset: NamedDataset,
  move: (watermark: Watermark) => Watermark,
  work: (session: Session, watermark: Watermark, at: string) => Promise<T>,
): Promise<T> {
  return commitFencedAll(active, [dataset], move, (session, [watermark], at) =>
    work(session, watermark!, at),
  );
}

/** `commitFenced` for several datasets: all of their watermarks move, or none. */
export async function commitFencedAll<T>(
  active: ActiveRun,
  resources: readonly NamedDataset[],
  move: (watermark: Watermark) => Watermark,
  work: (session: Session, watermarks: readonly Watermark[], at: string) => Promise<T>,
): Promise<T> {
  const { connection, tools } = active;
  const by = { run: active.id, source: tools.source.id };
  const before: Watermark[] = [];
  for (const dataset of resources) before.push(await getWatermark(active, dataset));
  const at = toSqlDateTime(tools.clock.now());
  let done: { watermarks: Watermark[]; result: T } | undefined;
  // The last commit whose answer was lost.
  let doubtful: typeof done;
  for (let breaks = 0; ; breaks += 1) {
    try {
      done = undefined;
      await transaction(connection, databaseToolsOf(tools), async (session) => {
        const watermarks: Watermark[] = [];
        for (const each of before) watermarks.push(await moveWatermark(session, each, move(each), by, at));
        done = { watermarks, result: await work(session, watermarks, at) };
      });
    } catch (error) {
      const attempt = doubtful ?? done;
      if (error instanceof FencedError && (await isCommitted(active, attempt?.watermarks))) done = attempt;
      else if (error instanceof UnavailableError) {
        active.hasUnknownCommit ||= done !== undefined;
        doubtful = done ?? doubtful;
        if (breaks === MAX_RECONNECTS) throw error;
        await connection.renew();
        if (!(await isCommitted(active, doubtful?.watermarks))) continue;
        done = doubtful;
      } else throw error;
    }
    active.hasUnknownCommit = false;
    // Set by the transaction that was committed.
    const { watermarks, result } = done!;
    for (const watermark of watermarks) active.watermarks.set(watermark.resource, watermark);
    return result;
  }
}

/** A connection that breaks more often in one transaction breaks because of the transaction. */
const MAX_RECONNECTS = 4;

/** Retries an idempotent operation once on a new connection. */
export async function retryAfterReconnect<T>({ connection }: ActiveRun, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    await connection.renew();
    return work();
  }
}

/** Whether the stored watermark is from this run: then the commit succeeded and only its answer was lost. */
async function isCommitted(
  { connection, id, tools: { log } }: ActiveRun,
  watermarks: readonly Watermark[] | undefined,
): Promise<boolean> {
  const [first] = watermarks ?? [];
  if (first === undefined) return false;
  const stored = await readWatermark(connection, first.resource);
  const isOurs = stored.version === first.version && stored.run === id;
  if (!isOurs) {
    const { resource, version } = first;
    log.database.warn(
      { resource, expected: version, stored: { version: stored.version, run: stored.run } },
      'the watermark is not the one of the last commit',
    );
  }
  return isOurs;
}

export const keepWatermark = (watermark: Watermark): Watermark => watermark;
