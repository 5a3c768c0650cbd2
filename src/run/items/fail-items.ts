import {
  BusyError,
  ConfigError,
  EtlError,
  InterruptedError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
} from '../../errors.ts';
import { NEW_STATE, readServerFailures, saveServerFailures } from '../../record/item-checkpoint.ts';
import { addFailure } from './breaker.ts';
import { type ItemsRun, saveState, stateOf } from './items-run.ts';

/** Stores that the source could not be read, for the next runs of all sources with the same server. */
export async function saveFailure(run: ItemsRun, error: unknown): Promise<void> {
  const { active, reader } = run;
  if (active.options.dryRun) return;
  const { tools, connection } = active;
  const now = tools.clock.now();
  const before = stateOf(run);
  // A source that is new, or was reset, does not end the pause of others with the same server.
  const shared = reader.server === undefined ? 0 : await readServerFailures(connection, reader.server);
  const failures = Math.max(before.failures, shared);
  const restraint = addFailure({ ...before, failures }, now, findRetryAfter(error));
  const message = tools.clean(error instanceof Error ? error.message : String(error));
  const next = { ...before, ...restraint, server: reader.server, lastFailure: now, lastError: message };
  run.state = await saveState(connection, run, next);
  if (reader.server !== undefined)
    await saveServerFailures(connection, reader.server, restraint.failures, restraint.openedUntil);
}

/**
 * Stores that the source had a run, if this is its first one: etl_runs shows runs of sources with a row. The mapping stays
 * unknown, because nothing was stored with it.
 */
export async function saveFirstRun(run: ItemsRun): Promise<void> {
  const { active, reader, state } = run;
  if (active.options.dryRun || state !== undefined) return;
  run.state = await saveState(active.connection, run, { ...NEW_STATE, sourceType: reader.type });
}

/**
 * A wrong configuration, an interruption, a lock or a file that is late proves nothing about the server; a quota that is spent
 * does.
 */
export function isFailureOfServer(error: unknown): boolean {
  if (error instanceof EtlError && error.code === 'no-file') return false;
  if (error instanceof QueryRefusedError) return true;
  if (error instanceof BusyError && error.cause instanceof RateLimitedError) return true;
  return ![ConfigError, InterruptedError, BusyError].some((kind) => error instanceof kind);
}

/** The pause that the server asked for, in milliseconds. */
export function findRetryAfter(error: unknown): number | undefined {
  for (let each = error; each instanceof EtlError; each = each.cause)
    if (each instanceof RetryableError && each.retryAfter !== undefined) return each.retryAfter;
  return undefined;
}
