// npm run test:mysql [-- files and options of vitest]: runs the tests that use a database on a real MySQL.
// Exit code 0: passed, 1: failed, 3: no MySQL could be provisioned.
import { givenDatabase, startDatabase } from './lib/database.mjs';
import { databaseTests } from './lib/database-tests.mjs';
import { findServer } from './lib/find-server.mjs';
import { cannotProvision, mysqlOfSid } from './lib/mysql-sid.mjs';
import { build, forgetSummary, installModules, root } from './lib/project.mjs';
import { script, ScriptError } from './lib/run.mjs';
import { runSuite } from './lib/suite.mjs';

const log = console.log;

await script(async (args) => {
  const options = args.filter((arg) => arg.startsWith('-'));
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const files = databaseTests(root).filter(
    (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
  );
  if (files.length === 0)
    throw new ScriptError(`No test file that uses a database matches ${wanted.join(' ')}`);
  forgetSummary('mysql');
  await installModules();
  await build();
  return await runSuite('mysql', await realMysql(), [...options, ...files]);
});

async function realMysql() {
  const given = await givenDatabase();
  if (given?.kind === 'mariadbd') throw cannotProvision(`MYSQL_* names a MariaDB (${given.version}).`);
  const here = findServer();
  if (given || (here?.kind === 'mysqld' && isRecent(here.version)))
    return await startDatabase({ root, inMemory: true, log });
  const { server, dataDir } = await mysqlOfSid(log);
  return await startDatabase({ root, server, dataDir, inMemory: true, log });
}

/** Whether `mysqld --version` says 8.4 or more. @param {string} version */
function isRecent(version) {
  const [, major, minor] = /Ver (\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 4);
}
