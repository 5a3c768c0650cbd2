import { ConfigError } from '../errors.ts';
import { toSqlDateTime } from '../lib/time.ts';
import { errnoOf, SAME_COLUMN, SAME_KEY, SAME_TABLE } from './errors.ts';
import { readKeyCollation } from './key-collation.ts';
import type { Session } from './pool.ts';
import { CREATED_NAME, readSteps, type MigrationStep, CREATE_VERSIONS_TABLE } from './migration-steps.ts';
import { releaseMigrationLock, acquireMigrationLock } from './named-lock.ts';
import { existingTables } from './existing-tables.ts';

/**
 * Applies what `sql/` has and the database lacks, in order. Every statement can be run twice, so a migration that was
 * cut off is simply run again.
 * @returns the names of the files applied.
 * @throws ConfigError for a database that is newer than this tool, or that holds tables of somebody else's.
 */
export async function migrate(session: Session, now: number): Promise<string[]> {
  const steps = readSteps();
  // Looked for first: a user without the right to create tables can run once they are there.
  const isNew = !(await hasVersions(session));
  if (isNew) {
    await refuseForeign(session);
    await session.run(CREATE_VERSIONS_TABLE);
  }
  const applied = await readVersions(session);
  refuseNewer(applied, steps);
  if (steps.every((step) => applied.has(step.version))) return [];
  return withMigrationLock(session, async () => {
    const done = await readVersions(session);
    const missing = steps.filter((step) => !done.has(step.version));
    return applySteps(session, missing, { isNew, now });
  });
}

/**
 * Runs of several sources can start at once: only one of them migrates, and the others wait for it.
 * @throws BusyError if that takes longer than a minute.
 */
async function withMigrationLock<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await acquireMigrationLock(session);
  try {
    return await work();
  } finally {
    await releaseMigrationLock(session).catch(() => undefined);
  }
}

async function applySteps(
  session: Session,
  missing: readonly MigrationStep[],
  { isNew, now }: { readonly isNew: boolean; readonly now: number },
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
    for (const statement of step.statements) {
      await applyStatement(session, statement.replaceAll('{{key_collation}}', collation));
    }
    await session.run('UPDATE etl_schema_version SET applied_at = ? WHERE version = ?', [
      toSqlDateTime(now),
      String(step.version),
    ]);
  }
  return missing.map((step) => step.name);
}

/**
 * What is there already was made before the migration was cut off: MySQL knows no `ADD COLUMN IF NOT EXISTS`, and
 * `CREATE OR REPLACE VIEW` takes the right DROP. It is ours: nothing of that name was there when the step began.
 */
async function applyStatement(session: Session, statement: string): Promise<void> {
  try {
    await session.run(statement);
  } catch (error) {
    const ignoredErrnos = statement.startsWith('CREATE SQL SECURITY INVOKER VIEW') ? [SAME_TABLE] : [];
    if (statement.startsWith('ALTER TABLE')) ignoredErrnos.push(SAME_COLUMN, SAME_KEY);
    if (!ignoredErrnos.includes(errnoOf(error) ?? 0)) throw error;
  }
}

/** `none`: no tables yet; `behind`: a migration is missing. Makes nothing. @throws ConfigError for a newer database. */
export async function readSchemaState(session: Session): Promise<'none' | 'behind' | 'current'> {
  if (!(await hasVersions(session))) return 'none';
  const applied = await readVersions(session);
  const steps = readSteps();
  refuseNewer(applied, steps);
  if (applied.size === 0) return 'none';
  return steps.every((step) => applied.has(step.version)) ? 'current' : 'behind';
}

/**
 * Whether there are tables to read from.
 * @throws ConfigError where they are of an older version, or of a newer one.
 */
export async function hasTables(session: Session): Promise<boolean> {
  const state = await readSchemaState(session);
  if (state !== 'behind') return state === 'current';
  throw new ConfigError('the tables are of an older version of trestle-etl', {
    op: 'look at the tables',
    hint: 'trestle-etl migrate',
  });
}

async function hasVersions(session: Session): Promise<boolean> {
  const rows = await session.select<{ one: number }>(
    "SELECT 1 AS one FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'etl_schema_version'",
  );
  return rows.length > 0;
}

/** The versions that were applied to their end. */
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
      `the database's schema is version ${newest}, this trestle-etl knows ${known} at most`,
      {
        op: 'migrate',
        hint: 'install the trestle-etl that made it, or a newer one',
      },
    );
  }
}

/** @throws ConfigError where tables, or views, are there already that a step not yet begun will make. */
export async function refuseForeign(session: Session): Promise<void> {
  const started = (await hasVersions(session))
    ? await session.select<{ version: number }>('SELECT version FROM etl_schema_version')
    : [];
  const known = new Set(started.map((row) => row.version));
  const ours = readSteps()
    .filter(({ version }) => !known.has(version))
    .flatMap(({ statements }) => statements.flatMap((statement) => CREATED_NAME.exec(statement)?.[1] ?? []));
  if (ours.length === 0) return;
  const existing = await existingTables(session, ours);
  if (started.length === 0 && existing.has('etl_watermark')) {
    throw new ConfigError('etl_schema_version is missing, and other tables of trestle-etl are there', {
      op: 'migrate',
      hint: 'rename it back (RENAME TABLE … TO etl_schema_version), or restore it from a backup',
    });
  }
  if (existing.size > 0) {
    const names = [...existing].join(', ');
    throw new ConfigError(`the database already has tables that trestle-etl did not make: ${names}`, {
      op: 'migrate',
      hint: 'rename them, or give trestle-etl a database of its own: CREATE DATABASE, then MYSQL_DATABASE',
    });
  }
}
