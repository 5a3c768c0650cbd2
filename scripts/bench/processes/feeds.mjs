// Feeds with minimal cost, with an ETag each. A separate process, controlled by messages; it measures its own time.
import { createServer } from 'node:http';
import { obey } from './obey.mjs';

const ENTRIES = 30;
const sent = { requests: 0, bytes: 0, connections: 0, own: 0 };
let root = '';

/** @param {string} path */
function writeFeed(path) {
  const items = Array.from(
    { length: ENTRIES },
    (_, n) =>
      `<item><title>Entry ${n} of ${path}</title><link>https://news.example.com${path}/${n}</link><guid>${path}-${n}</guid><pubDate>Tue, 0${1 + (n % 9)} Sep 2026 10:00:00 GMT</pubDate></item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>${path}</title><link>https://news.example.com</link><description>.</description>${items.join('')}</channel></rss>`;
}

const server = createServer((request, response) => {
  const startedAt = process.hrtime.bigint();
  response.once('finish', () => (sent.own += Number(process.hrtime.bigint() - startedAt) / 1e9));
  request.resume();
  sent.requests += 1;
  const etag = `"${request.url}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ETag: etag }).end();
    return;
  }
  const body = writeFeed(request.url ?? '');
  sent.bytes += body.length;
  response.writeHead(200, { ETag: etag, 'Content-Type': 'application/rss+xml' }).end(body);
});
server.on('connection', () => (sent.connections += 1));

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  obey({ root }, async () => ({ ...sent, root }));
});
