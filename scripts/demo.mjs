// npm run demo: a complete demonstration on this machine: database, Trestle sandbox, full-load, changes, sync, status, SQL.
import { rmSync } from 'node:fs';
import { startDatabase } from './lib/database.mjs';
import { demoEnvironment, startSandbox, trestleEtl } from './lib/demo-commands.mjs';
import { openDatabase, formatTable } from './lib/demo-sql.mjs';
import { buildIfOlder, makeFolder, installModules, root } from './lib/project.mjs';
import { runScript, ScriptError } from './lib/run.mjs';

const name = 'trestle_demo';
const listings = 2000;
const CHANGES = { changed: '120', added: '40', removed: '5', photos: '30' };

const nextSteps = `
── Next steps
README.md            what the tool does, its settings, and the line for cron
docs/                how it works
.local/demo/         this demo's logs and state; .local/ can be deleted at any time
A real feed:         copy .env.example to .env, put in your Trestle client id, its secret and your MySQL server,
                     then: node dist/main.js sync`;

await runScript(async () => {
  step('Preparing');
  await installModules();
  await buildIfOlder();
  rmSync(`${makeFolder('.local/demo')}/state`, { recursive: true, force: true });
  const database = await startDatabase({ root });
  const sql = await openDatabase(database, name);
  const sandbox = await startSandbox(listings);
  const env = demoEnvironment(database, name, sandbox.url);

  try {
    step(`Loading a market of ${listings} listings and their photos into the empty database ${name}`);
    await trestleEtl(['full-load'], env);
    step('Changing the market');
    await changeMarket(sandbox.url);
    step('Loading the changes');
    await trestleEtl(['sync'], env);
    step('Finding removed records, which no feed reports');
    await trestleEtl(['reconcile'], env);
    step('The state of the tool');
    await trestleEtl(['status'], env);
    step('The data for your own programs');
    await show(sql);
  } finally {
    await sql.end();
    await sandbox.stop();
    await database.stop();
  }
  console.log(nextSteps);
  return 0;
});

/** @param {string} title */
function step(title) {
  console.log(`\n── ${title}`);
}

/** Changes the sandbox's data like a day's work of its agents. @param {string} url */
async function changeMarket(url) {
  const query = new URLSearchParams(CHANGES).toString();
  const address = new URL(`/sandbox/change?${query}`, url).href;
  console.log(`$ curl -X POST '${address}'`);
  const answer = await fetch(address, { method: 'POST' });
  if (!answer.ok) throw new ScriptError(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
  const { changed, added, removed, photos } = CHANGES;
  console.log(
    `${changed} listings changed, ${added} new, ${removed} silently removed, new photos on ${photos}.`,
  );
}

/** @param {import('./lib/demo-sql.mjs').Sql} sql */
async function show(sql) {
  const query = `SELECT p.listing_key, p.standard_status, p.list_price, p.city, COUNT(m.media_key) AS photos
FROM properties p LEFT JOIN media m ON m.resource_record_key = p.listing_key
WHERE p.deleted_at IS NULL
GROUP BY p.listing_key, p.standard_status, p.list_price, p.city, p.modification_timestamp
ORDER BY p.modification_timestamp DESC LIMIT 5`;
  console.log(`$ mysql ${name}\n${query};\n\n${formatTable(await sql.rows(query))}`);
}
