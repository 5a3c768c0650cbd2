// npm run test:mysql [-- files and options of vitest]: runs the tests that use a database on a real MySQL.
// Exit code 0: passed, 1: failed, 3: no MySQL could be provisioned.
import { givenDatabase, startDatabase } from './lib/database.mjs';
import { listDatabaseTests } from './lib/database-tests.mjs';
import { findServer } from './lib/find-server.mjs';
import { provisionError, provideSidMysql } from './lib/mysql-sid.mjs';
import { buildIfOlder, forgetSummary, installModules, root } from './lib/project.mjs';
import { runScript, ScriptError } from './lib/run.mjs';
import { runSuite } from './lib/suite.mjs';

const log = console.log;

await runScript(async (args) => {
  const options = args.filter((arg) => arg.startsWith('-'));
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const files = listDatabaseTests(root).filter(
    (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
  );
  if (files.length === 0)
    throw new ScriptError(`No test file that uses a database matches ${wanted.join(' ')}`);
  forgetSummary('mysql');
  await installModules();
  await buildIfOlder();
  return await runSuite('mysql', await startRealMysql(), [...options, ...files]);
});

async function startRealMysql() {
  const given = await givenDatabase();
  if (given?.kind === 'mariadbd') throw provisionError(`MYSQL_* names a MariaDB (${given.version}).`);
  const installed = findServer();
  if (given || (installed?.kind === 'mysqld' && isRecent(installed.version)))
    return await startDatabase({ root, inMemory: true, log });
  const { server, dataDir } = await provideSidMysql(log);
  return await startDatabase({ root, server, dataDir, inMemory: true, log });
}

/** Whether the output of `mysqld --version` is 8.4 or newer. @param {string} version */
function isRecent(version) {
  const [, major, minor] = /Ver (\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 4);
}
