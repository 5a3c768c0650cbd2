import { ConfigError } from '../errors.ts';
import { toSqlDateTime } from '../lib/time.ts';
import { DENIED, errnoOf, NO_COLUMN, SAME_COLUMN, SAME_KEY, SAME_TABLE } from './errors.ts';
import { readKeyCollation } from './key-collation.ts';
import type { Session } from './pool.ts';
import {
  CREATED_NAME,
  CREATE_VERSIONS_TABLE,
  type MigrationStep,
  readSteps,
  REPLACED_NAME,
} from './migration-steps.ts';
import { claimMigration, type MigrationClaim } from './migration-claim.ts';
import { releaseMigrationLock, acquireMigrationLock } from './named-lock.ts';
import { existingTables } from './existing-tables.ts';

/**
 * Applies the missing steps of `sql/`, in order. Every statement can run twice, so an interrupted migration simply runs
 * again.
 * @returns the names of the applied files.
 * @throws ConfigError if the database is newer than this tool, or has conflicting tables of another program.
 */
export async function migrate(session: Session, now: number): Promise<string[]> {
  const steps = readSteps();
  // Checked first: a user without the right to create tables can run if they exist.
  const isNew = !(await hasVersions(session));
  if (isNew) {
    await refuseForeign(session);
    await session.run(CREATE_VERSIONS_TABLE);
  }
  const applied = await readVersions(session);
  refuseNewer(applied, steps);
  if (steps.every((step) => applied.has(step.version))) return [];
  return withMigrationLock(session, async (claim) => {
    const done = await readVersions(session);
    const missing = steps.filter((step) => !done.has(step.version));
    return applySteps(session, missing, { isNew, now, claim });
  });
}

/**
 * Runs of several sources can start at the same time: only one migrates, and the others wait.
 * @throws BusyError if the wait exceeds a minute.
 */
async function withMigrationLock<T>(
  session: Session,
  work: (claim: MigrationClaim) => Promise<T>,
): Promise<T> {
  await acquireMigrationLock(session);
  let claim: MigrationClaim | undefined;
  try {
    claim = await claimMigration(session);
    return await work(claim);
  } finally {
    await claim?.release().catch(() => undefined);
    await releaseMigrationLock(session).catch(() => undefined);
  }
}

async function applySteps(
  session: Session,
  missing: readonly MigrationStep[],
  { isNew, now, claim }: { readonly isNew: boolean; readonly now: number; readonly claim: MigrationClaim },
): Promise<string[]> {
  if (missing.length === 0) return [];
  if (!isNew) await refuseForeign(session);
  const collation = await readKeyCollation(session);
  for (const step of missing) {
    await session.run('INSERT IGNORE INTO etl_schema_version (version, name, started_at) VALUES (?, ?, ?)', [
      String(step.version),
      step.name,
      toSqlDateTime(now),
    ]);
    for (const statement of withoutReplaced(step, missing)) {
      await claim.renew();
      await applyStatement(session, statement.replaceAll('{{key_collation}}', collation));
    }
    await session.run('UPDATE etl_schema_version SET applied_at = ? WHERE version = ?', [
      toSqlDateTime(now),
      String(step.version),
    ]);
  }
  return missing.map((step) => step.name);
}

/** Omits views that a later missing step replaces: without the right DROP it could not replace them. */
function withoutReplaced(step: MigrationStep, missing: readonly MigrationStep[]): string[] {
  const later = missing.filter(({ version }) => version > step.version);
  const replaced = new Set(
    later.flatMap(({ statements }) => statements.flatMap((each) => REPLACED_NAME.exec(each)?.[1] ?? [])),
  );
  return step.statements.filter((each) => !replaced.has(CREATED_NAME.exec(each)?.[1] ?? ''));
}

/**
 * Ignores objects that already exist: an interrupted migration created them. They are ours, because no object of that name
 * existed when the step started. MySQL has no `ADD COLUMN IF NOT EXISTS`, and `CREATE OR REPLACE VIEW` requires the right DROP.
 */
async function applyStatement(session: Session, statement: string): Promise<void> {
  try {
    await session.run(statement);
  } catch (error) {
    // Without the right DROP, a view that does not exist can still be created.
    if (REPLACED_NAME.test(statement) && errnoOf(error) === DENIED)
      return applyStatement(session, statement.replace(' OR REPLACE', ''));
    const ignoredErrnos = statement.startsWith('CREATE SQL SECURITY INVOKER VIEW') ? [SAME_TABLE] : [];
    if (statement.startsWith('ALTER TABLE')) ignoredErrnos.push(SAME_COLUMN, SAME_KEY);
    // The column already has its new name.
    if (statement.includes(' RENAME COLUMN ')) ignoredErrnos.push(NO_COLUMN);
    if (!ignoredErrnos.includes(errnoOf(error) ?? 0)) throw error;
  }
}

/** `none`: no tables yet; `behind`: a migration is missing. Changes nothing. @throws ConfigError if the database is newer. */
export async function readSchemaState(session: Session): Promise<'none' | 'behind' | 'current'> {
  if (!(await hasVersions(session))) return 'none';
  const applied = await readVersions(session);
  const steps = readSteps();
  refuseNewer(applied, steps);
  if (applied.size === 0) return 'none';
  return steps.every((step) => applied.has(step.version)) ? 'current' : 'behind';
}

/**
 * Whether the tables exist.
 * @throws ConfigError if their version is older or newer.
 */
export async function hasTables(session: Session): Promise<boolean> {
  const state = await readSchemaState(session);
  if (state !== 'behind') return state === 'current';
  throw new ConfigError('the tables are from an older version of trestle-etl', {
    op: 'check the tables',
    hint: 'trestle-etl migrate',
  });
}

async function hasVersions(session: Session): Promise<boolean> {
  const rows = await session.select<{ one: number }>(
    "SELECT 1 AS one FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'etl_schema_version'",
  );
  return rows.length > 0;
}

/** Reads the versions that were applied completely. */
async function readVersions(session: Session): Promise<Set<number>> {
  const rows = await session.select<{ version: number }>(
    'SELECT version FROM etl_schema_version WHERE applied_at IS NOT NULL',
  );
  return new Set(rows.map((row) => row.version));
}

function refuseNewer(applied: ReadonlySet<number>, steps: readonly MigrationStep[]): void {
  const newest = Math.max(0, ...applied);
  const known = steps.at(-1)?.version ?? 0;
  if (newest > known) {
    throw new ConfigError(
      `the database's schema is version ${newest}, but this trestle-etl supports at most version ${known}`,
      {
        op: 'migrate',
        hint: 'install the trestle-etl version that created it, or a newer one',
      },
    );
  }
}

/** @throws ConfigError if a step that has not started will create a table or view that already exists. */
export async function refuseForeign(session: Session): Promise<void> {
  const created = readSteps().flatMap(({ version, statements }) =>
    statements.flatMap((statement) => {
      const name = CREATED_NAME.exec(statement)?.[1];
      return name === undefined ? [] : [{ version, name }];
    }),
  );
  // Read before the started steps: a process that migrates on another node records a step before it creates its tables.
  const present = await existingTables(
    session,
    created.map(({ name }) => name),
  );
  const started = (await hasVersions(session))
    ? await session.select<{ version: number }>('SELECT version FROM etl_schema_version')
    : [];
  const known = new Set(started.map((row) => row.version));
  const existing = new Set(
    created.filter(({ version, name }) => !known.has(version) && present.has(name)).map(({ name }) => name),
  );
  if (started.length === 0 && existing.has('etl_watermark')) {
    throw new ConfigError('etl_schema_version is missing, but other tables of trestle-etl exist', {
      op: 'migrate',
      hint: 'rename it back (RENAME TABLE … TO etl_schema_version), or restore it from a backup',
    });
  }
  if (existing.size > 0) {
    const names = [...existing].join(', ');
    throw new ConfigError(`the database already has tables that trestle-etl did not make: ${names}`, {
      op: 'migrate',
      hint: 'rename them, or use a separate database for trestle-etl: CREATE DATABASE, then set MYSQL_DATABASE',
    });
  }
}
