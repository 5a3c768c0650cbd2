import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { decideAnswer } from '../../shared/conditions.ts';
import { breakConnection, drained } from '../../shared/response.ts';
import { LOGIN_PAGE } from '../login-page.ts';
import type { TakenFaults } from '../faults.ts';
import type { Reply } from './reply.ts';
import type { ItemsRequest } from './state.ts';

const CHUNK_BYTES = 1 << 16;
/** A smaller body is not compressed. */
const MIN_GZIP = 1000;

export type Sending = {
  readonly headers: IncomingHttpHeaders;
  readonly seen: ItemsRequest;
  readonly response: ServerResponse;
  readonly faults: TakenFaults;
};

/** Sends an answer: applies conditions, a range, compression, and the faults of the body. */
export async function sendReply(reply: Reply, sending: Sending): Promise<void> {
  const { headers, seen, response, faults } = sending;
  const wanted = withBodyFaults(reply, faults);
  const { status, body, extra } = applyConditions(wanted, headers);
  seen.status = status;
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'Content-Type': wanted.type }),
    ...(Buffer.isBuffer(body) ? { 'Content-Length': body.length } : {}),
    ...(wanted.etag === undefined ? {} : { ETag: wanted.etag }),
    ...(wanted.modified === undefined ? {} : { 'Last-Modified': new Date(wanted.modified).toUTCString() }),
    ...wanted.headers,
    ...extra,
  });
  if (body === undefined || seen.method === 'HEAD') response.end();
  else await sendBody(Buffer.isBuffer(body) ? chunksOf(body) : body, sending);
}

function withBodyFaults(reply: Reply, faults: TakenFaults): Reply {
  const type = faults.get('type')?.type ?? reply.type;
  if (faults.has('html')) return { status: 200, type: 'text/html', body: Buffer.from(LOGIN_PAGE) };
  if (faults.has('empty')) return { ...reply, type, body: Buffer.alloc(0), etag: undefined };
  if (faults.has('half') && Buffer.isBuffer(reply.body))
    return { ...reply, type, body: reply.body.subarray(0, Math.floor(reply.body.length / 2)) };
  return { ...reply, type };
}

type Applied = {
  readonly status: number;
  readonly body: Reply['body'] | undefined;
  readonly extra: Readonly<Record<string, string>>;
};

function applyConditions(
  { status, body, etag, modified, type }: Reply,
  headers: IncomingHttpHeaders,
): Applied {
  if (status !== 200) return { status, body, extra: {} };
  const size = Buffer.isBuffer(body) ? body.length : 0;
  const isStreamed = !Buffer.isBuffer(body);
  const { range: _, ...withoutRange } = headers;
  const answer = decideAnswer(isStreamed ? withoutRange : headers, { size, etag, modified });
  if (!('start' in answer)) return { status: answer.status, body: undefined, extra: {} };
  if (isStreamed) return { status, body, extra: {} };
  if (answer.status === 206) {
    const extra = { 'Content-Range': `bytes ${answer.start}-${answer.end - 1}/${size}` };
    return { status: 206, body: body.subarray(answer.start, answer.end), extra };
  }
  const isPacked = /\b(?:gzip|zip)$/.test(type);
  const accepts = /\bgzip\b/.test(headers['accept-encoding']?.toString() ?? '');
  if (isPacked || !accepts || size < MIN_GZIP) return { status, body, extra: { 'Accept-Ranges': 'bytes' } };
  return {
    status,
    body: gzipSync(body),
    extra: { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding', 'Accept-Ranges': 'bytes' },
  };
}

function* chunksOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += CHUNK_BYTES)
    yield body.subarray(start, start + CHUNK_BYTES);
}

/** Sends a body as fast as the client reads it. Stops if the client closes the connection. */
async function sendBody(chunks: Iterable<Buffer>, { seen, response, faults }: Sending): Promise<void> {
  const most = faults.get('cut')?.bytes ?? Infinity;
  const rate = faults.get('slow')?.bytesPerSecond;
  for (const chunk of slice(chunks, rate === undefined ? CHUNK_BYTES : Math.ceil(rate / 10))) {
    const part = chunk.subarray(0, most - seen.bytes);
    seen.bytes += part.length;
    response.write(part);
    if (seen.bytes >= most) break;
    if (rate !== undefined) await wait((part.length / rate) * 1000);
    if (response.writableNeedDrain && !response.destroyed) await drained(response);
    if (response.destroyed) return;
  }
  if (seen.bytes < most) {
    response.end();
    return;
  }
  await breakConnection(response);
}

function* slice(chunks: Iterable<Buffer>, bytes: number): Generator<Buffer> {
  for (const chunk of chunks)
    for (let start = 0; start < chunk.length; start += bytes) yield chunk.subarray(start, start + bytes);
}
