// A lower bound: only fetches, decompresses and parses the pages.
import { fetchPages } from './pages.mjs';

let records = 0;
for await (const page of fetchPages()) records += page.length;
const wanted = Number(process.argv[2]);
if (records !== wanted) throw new Error(`the feed sent ${records} records instead of ${wanted}`);
