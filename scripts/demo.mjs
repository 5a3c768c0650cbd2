// npm run demo: the whole thing on this machine: a database, a Trestle sandbox, full-load, changes, sync, status, SQL.
import { rmSync } from 'node:fs';
import { startDatabase } from './lib/database.mjs';
import { demoEnvironment, startSandbox, trestleEtl } from './lib/demo-commands.mjs';
import { openDatabase, table } from './lib/demo-sql.mjs';
import { buildIfOlder, folder, installModules, root } from './lib/project.mjs';
import { script, ScriptError } from './lib/run.mjs';

const name = 'trestle_demo';
const listings = 2000;
const change = { changed: '120', added: '40', removed: '5', photos: '30' };

const whereNext = `
── Where to look next
README.md            what the tool does, its settings, and the line for cron
docs/                what stands behind it
.local/demo/         this demo's logs and state; .local/ can be deleted at any time
A real feed:         copy .env.example to .env, put in your Trestle client id, its secret and your MySQL server,
                     then: node dist/main.js sync`;

await script(async () => {
  step('Getting ready');
  await installModules();
  await buildIfOlder();
  rmSync(`${folder('.local/demo')}/state`, { recursive: true, force: true });
  const database = await startDatabase({ root });
  const sql = await openDatabase(database, name);
  const sandbox = await startSandbox(listings);
  const env = demoEnvironment(database, name, sandbox.url);

  try {
    step(`Loading a market of ${listings} listings and their photos into the empty database ${name}`);
    await trestleEtl(['full-load'], env);
    step('The market moves on');
    await moveOn(sandbox.url);
    step('Fetching what has changed since');
    await trestleEtl(['sync'], env);
    step('Finding what vanished, which no feed tells');
    await trestleEtl(['reconcile'], env);
    step('What the tool remembers of its runs');
    await trestleEtl(['status'], env);
    step('What your own programs see');
    await show(sql);
  } finally {
    await sql.end();
    await sandbox.stop();
    await database.stop();
  }
  console.log(whereNext);
  return 0;
});

/** @param {string} title */
function step(title) {
  console.log(`\n── ${title}`);
}

/** Changes the sandbox's data as a day's work of its agents would. @param {string} url */
async function moveOn(url) {
  const query = new URLSearchParams(change).toString();
  const address = new URL(`/sandbox/change?${query}`, url).href;
  console.log(`$ curl -X POST '${address}'`);
  const answer = await fetch(address, { method: 'POST' });
  if (!answer.ok) throw new ScriptError(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
  const { changed, added, removed, photos } = change;
  console.log(
    `${changed} listings changed, ${added} new, ${removed} gone without a word, new photos on ${photos}.`,
  );
}

/** @param {import('./lib/demo-sql.mjs').Sql} sql */
async function show(sql) {
  const query = `SELECT p.listing_key, p.standard_status, p.list_price, p.city, COUNT(m.media_key) AS photos
FROM properties p LEFT JOIN media m ON m.resource_record_key = p.listing_key
WHERE p.deleted_at IS NULL
GROUP BY p.listing_key, p.standard_status, p.list_price, p.city, p.modification_timestamp
ORDER BY p.modification_timestamp DESC LIMIT 5`;
  console.log(`$ mysql ${name}\n${query};\n\n${table(await sql.rows(query))}`);
}
