// npm run demo [-- --keep]: a complete demonstration on this machine: database, sandbox, full-load, changes, sync, status,
// photos, county files, items, SQL, and the dashboard, which --keep keeps open.
import { rmSync } from 'node:fs';
import { startDatabase } from './lib/database.mjs';
import {
  demoEnvironment,
  startSandbox,
  startServe,
  trestleEtl,
  writeExampleSources,
  writeAllSources,
  writeSources,
} from './lib/demo-commands.mjs';
import { openDatabase, formatTable } from './lib/demo-sql.mjs';
import { buildIfOlder, makeFolder, installModules, root } from './lib/project.mjs';
import { runScript, ScriptError } from './lib/run.mjs';

const name = 'trestle_demo';
const listings = 2000;
const accounts = 2000;
const CHANGES = { changed: '120', added: '40', removed: '5', photos: '30' };

const LATEST = `SELECT p.listing_key, p.standard_status, p.list_price, p.city, COUNT(m.media_key) AS photos
FROM properties p LEFT JOIN media m ON m.resource_record_key = p.listing_key
WHERE p.deleted_at IS NULL
GROUP BY p.listing_key, p.standard_status, p.list_price, p.city, p.modification_timestamp
ORDER BY p.modification_timestamp DESC LIMIT 5`;

const PHOTOS = `SELECT listing_key, street_address, first_photo_path FROM v_active_listings
WHERE first_photo_path IS NOT NULL ORDER BY listing_key LIMIT 3`;

const COMPARED = `SELECT listing_key, list_price, parcel_account AS account, parcel_market_value AS market_value,
  living_area, parcel_living_area AS district_area, method
FROM v_listing_parcels
WHERE standard_status = 'Active' AND parcel_living_area > 0 AND living_area <> parcel_living_area
ORDER BY listing_key LIMIT 5`;

const ITEMS = `SELECT source_type, source_name, external_id, title, amount, published_at
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY source_type ORDER BY published_at DESC, id) AS nth
  FROM unified_items WHERE deleted_at IS NULL
) newest
WHERE nth = 1
ORDER BY source_type`;

const nextSteps = `
── Next steps
README.md            what the tool does, its settings, and the line for cron
docs/                how it works
.local/demo/         this demo's logs, state and photos; .local/ can be deleted at any time
A real feed:         copy .env.example to .env, put in your Trestle client id, its secret and your MySQL server,
                     then: node dist/main.js sync`;

await runScript(async (args) => {
  const isKept = args.includes('--keep');
  step('Preparing');
  await installModules();
  await buildIfOlder();
  for (const old of ['state', 'photos', 'sources.yaml', 'items.yaml', 'all-sources.yaml'])
    rmSync(`${makeFolder('.local/demo')}/${old}`, { recursive: true, force: true });
  const database = await startDatabase({ root });
  const sql = await openDatabase(database, name);
  const sandbox = await startSandbox(listings, accounts);
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
    await show(sql, LATEST);
    step('Downloading some photos, those of the newest active listings first');
    const MEDIA_STORE = makeFolder('.local/demo/photos');
    await trestleEtl(['media', 'download', '--max-files', '40'], { ...env, MEDIA_STORE });
    console.log(`The photos are in ${MEDIA_STORE}`);
    await show(sql, PHOTOS);
    step(`Importing the ${accounts} accounts of an appraisal district, and matching listings with them`);
    const SOURCES_FILE = writeSources(sandbox.countyUrl);
    await trestleEtl(['sync', 'hcad'], { ...env, SOURCES_FILE });
    await trestleEtl(['releases', 'hcad'], { ...env, SOURCES_FILE });
    await show(sql, COMPARED);
    step('Syncing an API, open data, a CSV file and a feed: items of any source in one table');
    const items = { ...env, SOURCES_FILE: writeExampleSources(sandbox.itemsUrl) };
    for (const source of ['mortgage_rates', 'permits', 'agents_roster', 'local_news'])
      await trestleEtl(['sync', source], items);
    await show(sql, ITEMS);
    step('Serving all of it: a dashboard, and an API for your web site');
    const all = writeAllSources(sandbox.countyUrl, sandbox.itemsUrl);
    const served = await startServe({ ...env, SOURCES_FILE: all, MEDIA_STORE, SERVE_LISTINGS: 'on' });
    await showAnswer(`${served.url}listings?status=Active&page_size=1&fields=street_address,list_price`);
    console.log(nextSteps);
    console.log(
      `Dashboard: ${served.url} (${isKept ? 'until Ctrl-C' : 'npm run demo -- --keep keeps it open'})`,
    );
    if (isKept) await served.exit;
    await served.stop();
  } finally {
    await sql.end();
    await sandbox.stop();
    await database.stop();
  }
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

/** Prints an answer of the API. @param {string} url */
async function showAnswer(url) {
  console.log(`$ curl '${url}'`);
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new ScriptError(`serve answered ${answer.status}: ${text}`);
  console.log(JSON.stringify(JSON.parse(text), undefined, 2));
}

/** @param {import('./lib/demo-sql.mjs').Sql} sql @param {string} query */
async function show(sql, query) {
  console.log(`$ mysql ${name}\n${query};\n\n${formatTable(await sql.rows(query))}`);
}
