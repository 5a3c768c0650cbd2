import type { Session } from '../db/pool.ts';
import { TransactionRetryError, UnavailableError } from '../errors.ts';
import type { CallBook } from '../model/usage.ts';
import { saveCalls } from '../record/api-usage.ts';
import type { RunTools } from './active-run.ts';

type MeteringTools = Pick<RunTools, 'meter' | 'log'>;

/**
 * Saves the unsaved call counts within a transaction. Other failures are logged, and the next run saves the counts.
 * @returns the argument of `meter.markSaved`, to call after the commit.
 * @throws TransactionRetryError, UnavailableError if the transaction or its connection is lost.
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

const NOT_SAVED = 'could not save the call counts; the next run will';

/** Saves the unsaved call counts without a transaction. Never throws: no run fails because of its call counts. */
export async function saveUsage(tools: MeteringTools, session: Session): Promise<void> {
  const { meter, log } = tools;
  try {
    meter.markSaved(await saveUsageWithin(tools, session));
  } catch (err) {
    meter.deferPending();
    log.database.warn({ err }, NOT_SAVED);
  }
}

/**
 * Saves the call counts of earlier processes that were killed or had no right to write. Never throws.
 * @returns whether all were saved.
 */
export async function saveLeftoverUsage({ meter, log }: MeteringTools, session: Session): Promise<boolean> {
  try {
    for (const book of meter.readLeftovers()) {
      await saveCalls(session, book);
      book.forget();
    }
    return true;
  } catch (err) {
    log.database.warn({ err }, 'could not save the call counts of an earlier process');
    return false;
  }
}

/** Saves the remaining call counts at the end of a command. Never throws. */
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
