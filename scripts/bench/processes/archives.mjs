// A server of archives with minimal cost: files from the disk, with an ETag. A separate process, controlled by messages.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { obey } from './obey.mjs';

const [folder = ''] = process.argv.slice(2);
let sent = { requests: 0, bytes: 0 };
let root = '';

const server = createServer((request, response) => {
  request.resume();
  const file = join(folder, basename(request.url ?? ''));
  const found = statSync(file, { throwIfNoEntry: false });
  const size = found?.isFile() ? found.size : undefined;
  sent = { ...sent, requests: sent.requests + 1 };
  if (size === undefined) {
    response.writeHead(404).end();
    return;
  }
  const etag = `"${size}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ETag: etag }).end();
    return;
  }
  response.writeHead(200, { ETag: etag, 'Content-Type': 'application/zip', 'Content-Length': size });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  sent = { ...sent, bytes: sent.bytes + size };
  createReadStream(file, { highWaterMark: 1 << 20 }).pipe(response);
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  obey({ root }, async () => ({ ...sent, root }));
});
