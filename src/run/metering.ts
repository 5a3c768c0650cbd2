import type { Session } from '../db/pool.ts';
import { TransactionRetryError, UnavailableError } from '../errors.ts';
import type { CallBook } from '../model/usage.ts';
import { saveCalls } from '../record/api-usage.ts';
import type { RunTools } from './active-run.ts';

type MeteringTools = Pick<RunTools, 'meter' | 'log'>;

/**
 * Writes what was counted since it was last saved, as a part of a transaction. What goes wrong with it alone is logged
 * and left to the next run.
 * @returns what to call `meter.saved` with once the transaction is through.
 * @throws TransactionRetryError, UnavailableError: the transaction is gone, or its connection.
 */
export async function saveUsageWithin({ meter, log }: MeteringTools, session: Session): Promise<CallBook> {
  const book = meter.readPending();
  try {
    if (book.counts.length > 0) await saveCalls(session, book);
    return book;
  } catch (err) {
    if (err instanceof TransactionRetryError || err instanceof UnavailableError) throw err;
    meter.deferPending();
    log.database.warn({ err }, NOT_SAVED);
    return { ...book, counts: [] };
  }
}

const NOT_SAVED = 'the count of calls could not be saved; the next run does it';

/** The same, by itself. Never throws: no run fails for its count of calls. */
export async function saveUsage(tools: MeteringTools, session: Session): Promise<void> {
  const { meter, log } = tools;
  try {
    meter.markSaved(await saveUsageWithin(tools, session));
  } catch (err) {
    meter.deferPending();
    log.database.warn({ err }, NOT_SAVED);
  }
}

/** Takes in what processes have counted that were killed, or had no right to write. Never throws. */
export async function saveLeftoverUsage({ meter, log }: MeteringTools, session: Session): Promise<void> {
  try {
    for (const book of meter.readLeftovers()) {
      await saveCalls(session, book);
      book.forget();
    }
  } catch (err) {
    log.database.warn({ err }, 'the count of calls of an earlier process could not be saved');
  }
}

/** For the end of a command: whatever is still pending. Never throws. */
export async function flushUsage({
  meter,
  log,
  database,
}: MeteringTools & Pick<RunTools, 'database'>): Promise<void> {
  try {
    if (meter.readPending().counts.length > 0) {
      const connection = await database.connect();
      await saveUsage({ meter, log }, connection);
      connection.release();
    }
    meter.close();
  } catch (err) {
    log.database.warn({ err }, NOT_SAVED);
  }
}
