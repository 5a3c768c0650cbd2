import { randomUUID } from 'node:crypto';
import { BusyError } from '../errors.ts';
import type { Session } from './pool.ts';
import { isOn, readServerVariables } from './server-variables.ts';

/** A claim that was not renewed for so long belongs to a process that ended. No statement is slower: all nodes wait for DDL. */
const MAX_AGE_SECONDS = 60;
const MAX_WAIT_SECONDS = 75;

/** The row of etl_schema_version that holds it. Real versions start at 1. */
const CLAIM = 'version = 0';

/**
 * Allows one process of a Galera cluster to change tables: named locks exclude only processes on the same node, and two
 * nodes that change tables at the same time can block each other, and the cluster with them, for ever (seen with a CREATE
 * VIEW on one and an ALTER TABLE on the other, MariaDB 10.11).
 */
export type MigrationClaim = {
  /** Call it before each statement. */
  renew(): Promise<void>;
  release(): Promise<void>;
};

const NONE: MigrationClaim = { renew: () => Promise.resolve(), release: () => Promise.resolve() };

/**
 * Claims the right to migrate; on a server that is not a node of a cluster, the named lock is enough.
 * @throws BusyError if a process on another node holds it for longer than a minute.
 */
export async function claimMigration(session: Session): Promise<MigrationClaim> {
  const variables = await readServerVariables((sql) => session.select(sql), 'GLOBAL VARIABLES', ['wsrep_on']);
  if (!isOn(variables['wsrep_on'])) return NONE;
  const own = `migration by ${randomUUID()}`;
  for (let seconds = 0; !(await isClaimed(session, own)); seconds += 1) {
    if (seconds === MAX_WAIT_SECONDS)
      throw new BusyError('another process is migrating the tables, on another node of the cluster', {
        op: 'migrate',
        hint: 'run trestle-etl migrate again when it completes',
      });
    await session.run('DO SLEEP(1)');
  }
  return {
    renew: async () =>
      void (await session.run(
        `UPDATE etl_schema_version SET started_at = UTC_TIMESTAMP(3) WHERE ${CLAIM} AND name = ?`,
        [own],
      )),
    release: async () =>
      void (await session.run(`DELETE FROM etl_schema_version WHERE ${CLAIM} AND name = ?`, [own])),
  };
}

async function isClaimed(session: Session, own: string): Promise<boolean> {
  await session.run(
    'INSERT IGNORE INTO etl_schema_version (version, name, started_at) VALUES (0, ?, UTC_TIMESTAMP(3))',
    [own],
  );
  await session.run(
    `UPDATE etl_schema_version SET name = ?, started_at = UTC_TIMESTAMP(3) WHERE ${CLAIM} ` +
      `AND started_at < UTC_TIMESTAMP(3) - INTERVAL ${MAX_AGE_SECONDS} SECOND`,
    [own],
  );
  const [row] = await session.select<{ name: string }>(`SELECT name FROM etl_schema_version WHERE ${CLAIM}`);
  return row?.name === own;
}
