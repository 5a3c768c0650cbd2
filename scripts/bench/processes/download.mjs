// A floor: what it takes to fetch, unpack and parse the pages.
import { pages } from './pages.mjs';

let records = 0;
for await (const page of pages()) records += page.length;
const wanted = Number(process.argv[2]);
if (records !== wanted) throw new Error(`the feed sent ${records} records instead of ${wanted}`);
