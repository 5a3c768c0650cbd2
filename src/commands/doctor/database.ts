import type { Parts } from '../../app/checkup.ts';
import { refuseForeign, readSchemaState } from '../../db/migrate.ts';
import type { Connection, Database } from '../../db/pool.ts';
import { readServerFacts } from '../../db/server-facts.ts';
import { readServerVariables, type ServerVariables } from '../../db/server-variables.ts';
import { readSession } from '../../db/read-session.ts';
import { inspectTables, type TableState } from '../../run/inspect/tables.ts';
import { grantStatement, missingRights, RIGHTS } from '../../db/rights.ts';
import { type Check, fail, failed, type Finding, ok, warn } from '../../sources/check.ts';
import { checkStorageEngine, checkPacketSize, checkVersion, checkWrites } from './server.ts';
import { checkEncryption } from './encryption.ts';
import { checkSession } from './session.ts';

const VARIABLES = ['version', 'max_allowed_packet', 'innodb_page_size'];

/** Rights that only migrations need. */
const MIGRATION_RIGHTS: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'CREATE VIEW']);

/**
 * Checks the server and its settings, the rights on the database, and its tables.
 * @param isOnlyServed whether the configuration is for `serve` alone, which only reads.
 */
export function listDatabaseChecks(parts: () => Parts, isOnlyServed: boolean): Check[] {
  const check = (name: string, need: string, look: (own: Connection) => Promise<Finding>): Check => ({
    name,
    needs: [need],
    run: () => withConnection(parts().database, look),
  });
  const setting = (name: string, finding: (variables: ServerVariables) => Finding): Check =>
    check(name, 'database', async (own) => finding(await readVariables(own)));
  return [
    check('database', 'configuration', async () => ok(formatAddress(parts()))),
    check('database encryption', 'database', async (own) =>
      checkEncryption(own.encryption(), parts().config.mysql),
    ),
    setting('database version', (values) => checkVersion(values['version'] ?? '')),
    check('database rights', 'database', (own) => checkRights(own, parts().database.name, isOnlyServed)),
    check('database writes', 'database', async (own) => checkWrites(await readServerFacts(own))),
    setting('database packet size', (values) => checkPacketSize(Number(values['max_allowed_packet']))),
    check('database session', 'database', async (own) => checkSession(await readSession(own))),
    check('database engine', 'database', async (own) => {
      const [innodb] = await own.select<{ support: string }>(
        "SELECT support AS support FROM information_schema.engines WHERE engine = 'InnoDB'",
      );
      return checkStorageEngine(innodb?.support, (await readVariables(own))['innodb_page_size']);
    }),
    check('tables', 'database rights', (own) => checkTableState(own, parts())),
  ];
}

export async function withConnection<T>(
  database: Database,
  look: (own: Connection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect('read');
  try {
    return await look(connection);
  } finally {
    connection.release();
  }
}

function readVariables(own: Connection): Promise<ServerVariables> {
  return readServerVariables((sql) => own.select(sql), 'SESSION VARIABLES', VARIABLES);
}

function formatAddress({ config: { mysql }, servers }: Parts): string {
  const { user, database } = mysql;
  return `${user} at ${servers.map(({ name }) => name).join(', ')}, database ${database}`;
}

async function checkRights(own: Connection, database: string, isOnlyServed: boolean): Promise<Finding> {
  const missing = await missingRights(own);
  if (missing.length === 0) return ok(RIGHTS.join(', '));
  const [row] = await own.select<{ user: string }>('SELECT CURRENT_USER() AS user');
  const grant = `as the database's administrator: ${grantStatement(database, row?.user ?? '')}`;
  const isReady =
    missing.every((right) => MIGRATION_RIGHTS.has(right)) && (await readSchemaState(own)) === 'current';
  const lacks = `the user lacks ${missing.join(', ')} on ${database}`;
  const isReader = !missing.includes('SELECT') && missing.length === RIGHTS.length - 1;
  const what = isReader ? `${lacks}: SELECT alone is enough for serve, but loads nothing` : lacks;
  if (isReader && isOnlyServed)
    return warn(what, `nothing, if this configuration is for serve; otherwise, ${grant}`);
  return isReady ? warn(`${what}, which only migrations to a newer version need`, grant) : fail(what, grant);
}

async function checkTableState(own: Connection, { resources, catalogue }: Parts): Promise<Finding> {
  const state = await readSchemaState(own);
  if (state === 'current') {
    const tables = await inspectTables(own, resources, catalogue);
    return tables.refusal === undefined ? checkAlterations(tables) : failed(tables.refusal);
  }
  await refuseForeign(own);
  if (state === 'behind')
    return warn('created by an older version', 'trestle-etl migrate; every run also migrates');
  return ok('not created yet: the first run creates them');
}

function checkAlterations({ narrowed, indexes }: Omit<TableState, 'refusal'>): Finding {
  const columns = `columns were altered, and values can be cut or rounded: ${narrowed?.columns.join(', ')}`;
  const unique = `as this version creates them, with unique indexes that you added: ${indexes.join(', ')}`;
  if (narrowed !== undefined)
    return warn(indexes.length === 0 ? columns : `${columns}; otherwise ${unique}`, narrowed.remedy);
  if (indexes.length === 0) return ok('as this version creates them');
  return warn(
    unique,
    'a record with the same value as another one, even a deleted one, goes to quarantine; a plain index rejects nothing',
  );
}
