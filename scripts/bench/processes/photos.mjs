// A server of photos with minimal cost: one JPEG from memory, with the number of the requested photo in a comment; it also signs
// in. A separate process, controlled by messages.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { obey } from './obey.mjs';

const [encoder = '', size = '150000'] = process.argv.slice(2);
const { makeJpeg } = await import(pathToFileURL(encoder).href);
/** @type {Buffer} */
const photo = makeJpeg(Number(size), 'bench').bytes;
let sent = { requests: 0, bytes: 0 };
let root = '';

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume();
  if (request.method === 'POST') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end('{"access_token":"bench","token_type":"Bearer","expires_in":28800}');
    return;
  }
  const number = (/(\d+)\.jpg$/.exec(request.url ?? '')?.[1] ?? '0').padStart(8, '0');
  // Start of image; a comment (0xfffe) of ten bytes, its length included; the rest.
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 10]), Buffer.from(number)]);
  const length = photo.length + comment.length;
  sent = { requests: sent.requests + 1, bytes: sent.bytes + length };
  response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': length, ETag: `"${number}"` });
  response.write(photo.subarray(0, 2));
  response.write(comment);
  response.end(photo.subarray(2));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  obey({ root }, async () => ({ ...sent, root }));
});
