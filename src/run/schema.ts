import { transaction } from '../db/transaction.ts';
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

/** What a run knows of the feed's own schema. */
export type SchemaKnowledge = {
  /** Undefined: it was never read. */
  readonly newest: SeenSchema | undefined;
  /** Whether it is of this run: then it need not be asked for again. */
  readonly isFresh: boolean;
};

/** What is stored, or what the source reports now if that is too old. No run fails for it. */
export async function getSchema(active: ActiveRun): Promise<SchemaKnowledge> {
  if (active.tools.source.schema === undefined) return { newest: undefined, isFresh: true };
  const { clock, settings } = active.tools;
  const [newest] = active.hasTables
    ? await retryAfterReconnect(active, () => readSchemas(active.connection, 1))
    : [];
  const age = newest === undefined ? Infinity : clock.now() - newest.checkedAt;
  // Looked at in the future: by a clock that was set back since.
  if (age >= 0 && age < settings.schemaAge) return { newest, isFresh: false };
  if (await hasJustFailed(active, newest)) return { newest, isFresh: false };
  return fetchSchema(active, newest);
}

/** Milliseconds for which a feed that could not tell its schema is not asked again: each try can take minutes. */
const RETRY_PAUSE_MS = 3_600_000;

async function hasJustFailed(active: ActiveRun, newest: SeenSchema | undefined): Promise<boolean> {
  if (!active.hasTables) return false;
  const failedAt = await retryAfterReconnect(active, () => readLastSchemaFailure(active.connection));
  if (failedAt === undefined || failedAt < (newest?.checkedAt ?? 0)) return false;
  const since = active.tools.clock.now() - failedAt;
  return since >= 0 && since < RETRY_PAUSE_MS;
}

/**
 * Asks the feed for its schema, and keeps it. Where it can't be read, the run goes on with what was known.
 * @throws CredentialsError: nothing else would be answered either; and where the signal says stop.
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
    const instead = before === undefined ? 'without it' : 'with what was known of it';
    const message = `the feed's own schema could not be read; the run goes on ${instead}`;
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
    tools.log.database.warn({ err }, "the feed's own schema could not be kept; the next run does it");
    await reconnectIfBroken(active, err);
  }
}

async function storeFailure(active: ActiveRun): Promise<void> {
  const { connection, tools, options } = active;
  if (options.dryRun) return;
  try {
    await retryAfterReconnect(active, () => saveSchemaFailure(connection, tools.clock.now()));
  } catch (err) {
    tools.log.database.warn({ err }, "that the feed's own schema could not be read could not be kept");
    await reconnectIfBroken(active, err);
  }
}

/** A statement that is too large for the server costs the connection, which the run needs. */
async function reconnectIfBroken({ connection }: ActiveRun, error: unknown): Promise<void> {
  if (error instanceof UnavailableError) await connection.renew();
}

function reportSchemaChange({ tools }: ActiveRun, before: FeedSchema | undefined, after: FeedSchema): void {
  if (before === undefined) return;
  const named = findRenaming(before.namespace, after.namespace);
  if (named !== null) tools.log.main.info(named, "the feed's schema has another name");
  if (before.hash === after.hash) return;
  const diff = diffSchemas(before, after);
  tools.log.main.warn({ ...diff, namespace: after.namespace }, "the feed's schema has changed");
  tools.progress.report(
    `the feed's schema has changed: ${formatChangeCounts(countChanges(diff))}; trestle-etl schema diff shows it`,
  );
}
