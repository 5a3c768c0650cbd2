import { transaction } from '../db/transaction.ts';
import { HOUR_MS } from '../lib/time.ts';
import { CredentialsError, UnavailableError } from '../errors.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';
import {
  pruneSchemas,
  readLastSchemaFailure,
  saveSchemaFailure,
  readSchemas,
  saveSchema,
  type SeenSchema,
} from '../record/feed-schema.ts';
import { diffSchemas, countChanges, formatChangeCounts, findRenaming } from '../dataset/schema-diff.ts';
import { type ActiveRun, databaseToolsOf } from './active-run.ts';
import { retryAfterReconnect } from './fence.ts';
import { requireCapability } from '../sources/source.ts';

/** The feed's schema as a run knows it. */
export type SchemaKnowledge = {
  /** Undefined if it was never read. */
  readonly newest: SeenSchema | undefined;
  /** Whether this run read it, so that it need not be read again. */
  readonly isFresh: boolean;
};

/** Returns the stored schema, or reads it from the source if the stored one is too old. No run fails because of it. */
export async function getSchema(active: ActiveRun): Promise<SchemaKnowledge> {
  if (active.tools.source.schema === undefined) return { newest: undefined, isFresh: true };
  const { clock, settings } = active.tools;
  const [newest] = active.hasTables
    ? await retryAfterReconnect(active, () => readSchemas(active.connection, 1))
    : [];
  const age = newest === undefined ? Infinity : clock.now() - newest.checkedAt;
  // A negative age means that the clock was set back.
  if (age >= 0 && age < settings.schemaAge) return { newest, isFresh: false };
  if (await hasJustFailed(active, newest)) return { newest, isFresh: false };
  return fetchSchema(active, newest);
}

/** How long to wait after the schema could not be read: each try can take minutes. */
const RETRY_PAUSE_MS = HOUR_MS;

async function hasJustFailed(active: ActiveRun, newest: SeenSchema | undefined): Promise<boolean> {
  if (!active.hasTables) return false;
  const failedAt = await retryAfterReconnect(active, () => readLastSchemaFailure(active.connection));
  if (failedAt === undefined || failedAt < (newest?.checkedAt ?? 0)) return false;
  const since = active.tools.clock.now() - failedAt;
  return since >= 0 && since < RETRY_PAUSE_MS;
}

/**
 * Reads the feed's schema and stores it. If it cannot be read, the run continues with the stored one.
 * @throws CredentialsError, because every other request would fail too; the signal's reason.
 */
export async function fetchSchema(
  active: ActiveRun,
  before: SeenSchema | undefined,
): Promise<SchemaKnowledge> {
  const { clock, log, progress, signal, source } = active.tools;
  const reader = requireCapability(source, 'schema', 'read the schema');
  try {
    const schema = await reader.read(signal);
    const now = clock.now();
    reportSchemaChange(active, before?.schema, schema);
    await storeSchema(active, schema, now);
    return { newest: { schema, seenAt: now, checkedAt: now, run: active.id }, isFresh: true };
  } catch (err) {
    signal.throwIfAborted();
    if (err instanceof CredentialsError) throw err;
    const instead = before === undefined ? 'without it' : 'with the stored one';
    const message = `could not read the feed's schema; the run continues ${instead}`;
    log.main.warn({ err }, message);
    progress.report(message);
    await storeFailure(active);
    return { newest: before, isFresh: false };
  }
}

async function storeSchema(active: ActiveRun, schema: FeedSchema, now: number): Promise<void> {
  const { connection, tools, id, options } = active;
  if (options.dryRun) return;
  try {
    await retryAfterReconnect(active, () =>
      transaction(connection, databaseToolsOf(tools), async (session) => {
        await saveSchema(session, schema, id, now);
        await pruneSchemas(session);
      }),
    );
  } catch (err) {
    tools.log.database.warn({ err }, "could not store the feed's schema; the next run will");
    await reconnectIfBroken(active, err);
  }
}

async function storeFailure(active: ActiveRun): Promise<void> {
  const { connection, tools, options } = active;
  if (options.dryRun) return;
  try {
    await retryAfterReconnect(active, () => saveSchemaFailure(connection, tools.clock.now()));
  } catch (err) {
    tools.log.database.warn({ err }, "could not record that the feed's schema is unreadable");
    await reconnectIfBroken(active, err);
  }
}

/** A statement that is too large for the server breaks the connection, which the run still needs. */
async function reconnectIfBroken({ connection }: ActiveRun, error: unknown): Promise<void> {
  if (error instanceof UnavailableError) await connection.renew();
}

function reportSchemaChange({ tools }: ActiveRun, before: FeedSchema | undefined, after: FeedSchema): void {
  if (before === undefined) return;
  const named = findRenaming(before.namespace, after.namespace);
  if (named !== null) tools.log.main.info(named, "the feed's schema has a new name");
  if (before.hash === after.hash) return;
  const diff = diffSchemas(before, after);
  tools.log.main.warn({ ...diff, namespace: after.namespace }, "the feed's schema has changed");
  tools.progress.report(
    `the feed's schema has changed: ${formatChangeCounts(countChanges(diff))}; trestle-etl schema diff shows it`,
  );
}
