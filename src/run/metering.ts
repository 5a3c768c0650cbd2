import type { Session } from '../db/pool.ts';
import { TransactionRetryError, UnavailableError } from '../errors.ts';
import type { CallBook } from '../model/usage.ts';
import { saveCalls } from '../record/api-usage.ts';
import type { RunTools } from './active.ts';

type Tools = Pick<RunTools, 'meter' | 'log'>;

/**
 * Writes what was counted since it was last saved, as a part of a transaction. What goes wrong with it alone is logged
 * and left to the next run.
 * @returns what to call `meter.saved` with once the transaction is through.
 * @throws TransactionRetryError, UnavailableError: the transaction is gone, or its connection.
 */
export async function saveCallsWithin({ meter, log }: Tools, session: Session): Promise<CallBook> {
  const book = meter.pending();
  try {
    if (book.counts.length > 0) await saveCalls(session, book);
    return book;
  } catch (err) {
    if (err instanceof TransactionRetryError || err instanceof UnavailableError) throw err;
    meter.leave();
    log.database.warn({ err }, LEFT);
    return { ...book, counts: [] };
  }
}

const LEFT = 'the count of calls could not be saved; the next run does it';

/** The same, by itself. Never throws: no run fails for its count of calls. */
export async function flushCalls(tools: Tools, session: Session): Promise<void> {
  const { meter, log } = tools;
  try {
    meter.saved(await saveCallsWithin(tools, session));
  } catch (err) {
    meter.leave();
    log.database.warn({ err }, LEFT);
  }
}

/** Takes in what processes have counted that were killed, or had no right to write. Never throws. */
export async function takeInCalls({ meter, log }: Tools, session: Session): Promise<void> {
  try {
    for (const book of meter.leftovers()) {
      await saveCalls(session, book);
      book.forget();
    }
  } catch (err) {
    log.database.warn({ err }, 'the count of calls of an earlier process could not be saved');
  }
}

/** For the end of a command: whatever is still pending. Never throws. */
export async function settleCalls({
  meter,
  log,
  database,
}: Tools & Pick<RunTools, 'database'>): Promise<void> {
  try {
    if (meter.pending().counts.length > 0) {
      const connection = await database.connect();
      await flushCalls({ meter, log }, connection);
      connection.release();
    }
    meter.close();
  } catch (err) {
    log.database.warn({ err }, LEFT);
  }
}
