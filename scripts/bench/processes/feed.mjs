// A feed with minimal cost: prepared answers from memory. A separate process, controlled by messages.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { MOMENTS } from '../feed/market.mjs';
import { formatMetadata } from '../feed/metadata.mjs';
import { createPages } from '../feed/pages.mjs';
import { parseAddress } from '../feed/query.mjs';
import { obey } from './obey.mjs';

const [listings = '0', resourcesFile = ''] = process.argv.slice(2);
const { resources } = await import(pathToFileURL(resourcesFile).href);
const { fields } = resources.find((/** @type {{ name: string }} */ { name }) => name === 'Property');
const pages = createPages({ fields, listings: Number(listings) });

const quota = {
  'Minute-Quota-Limit': '1000000.0',
  'Minute-Quota-Available': '999999',
  'Hour-Quota-Limit': '60000000.0',
  'Hour-Quota-Available': '59999999',
};
const token = JSON.stringify({ access_token: 'bench.bench.bench', expires_in: 28_800, token_type: 'Bearer' });
let sent = { requests: 0, bytes: 0 };
let root = '';

const server = createServer((request, response) => {
  request.resume();
  void reply(request.url ?? '', response);
});

/** @param {string} address @param {import('node:http').ServerResponse} response */
async function reply(address, response) {
  try {
    const { status, type, body, packed } = await answer(address);
    sent = { requests: sent.requests + 1, bytes: sent.bytes + body.length };
    const encoding = packed ? { 'Content-Encoding': 'gzip' } : {};
    const headers = { ...quota, 'Content-Type': type, 'Content-Length': body.length, ...encoding };
    response.writeHead(status, headers).end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

/** @param {string} address */
async function answer(address) {
  const request = parseAddress(address, MOMENTS);
  if (request.kind === 'token') return plain(200, 'application/json', token);
  if (request.kind === 'metadata') return plain(200, 'application/xml', formatMetadata(fields));
  if (request.kind === 'unknown') {
    return plain(
      400,
      'application/json',
      JSON.stringify({ error: { code: 'BadRequest', message: request.why } }),
    );
  }
  const { moment, from, top, count } = request;
  const start = pages.start(moment, from);
  const body = await pages.body({ moment, start, top, count, root: `${root}/${moment}/odata` });
  return { status: 200, type: 'application/json; odata.metadata=minimal', body, packed: true };
}

/** @param {number} status @param {string} type @param {string} text */
function plain(status, type, text) {
  return { status, type, body: Buffer.from(text), packed: false };
}

/** @param {{ do: string, moments?: import('../feed/market.mjs').Moment[], top?: number }} order */
async function handleOrder(order) {
  if (order.do === 'prepare') await pages.prepare(order.moments ?? [], order.top ?? 1000, root);
  return { ...sent, root, recordBytes: pages.recordBytes(), answers: pages.answers() };
}

// A contestant on a busy machine can take longer over a page than Node's 5 s; closing its connection would fail its next request.
server.keepAliveTimeout = 600_000;

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  obey({ root }, handleOrder);
});
