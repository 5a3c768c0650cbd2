import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { breakConnection, drained } from '../../shared/response.ts';
import { type Fault, findFault } from '../faults.ts';
import { createRandom } from '../random.ts';
import { answerFile } from './files.ts';
import type { ParsedRequest } from './parse-request.ts';
import { applyFault, htmlReply, type Reply } from './reply.ts';
import type { SandboxState } from './state.ts';

const CHUNK_BYTES = 1 << 16;

/** Answers one request for a media file; its body is sent piece by piece, uncompressed. */
export async function serveFile(
  state: SandboxState,
  request: ParsedRequest,
  response: ServerResponse,
): Promise<void> {
  const { seen } = request;
  await state.onRequest?.(seen);
  // A request that is redirected leaves its faults to the one that follows.
  const isRedirected = seen.kind === 'file' && state.cdnOrigin !== undefined;
  const faults = isRedirected ? [] : state.faults.takeForFile(seen.file!.key);
  const slow = findFault(faults, 'slow');
  if (slow) await wait(slow.ms);
  const reply = chooseReply(answerFile(state, request, faults), faults);
  if (reply.ending === 'hang') return;
  if (reply.ending === 'reset') {
    response.socket?.destroy();
    return;
  }
  seen.status = reply.status;
  await sendFile(response, seen.method === 'HEAD' ? { ...reply, body: '' } : reply, faults);
}

function chooseReply(reply: Reply, faults: readonly Fault[]): Reply {
  const status = findFault(faults, 'status');
  if (!status) return faults.filter(({ kind }) => kind !== 'truncate').reduce(applyFault, reply);
  const retry: Record<string, string> =
    status.retryAfter === undefined ? {} : { 'Retry-After': status.retryAfter };
  const page = htmlReply(status.status, status.body ?? 'Injected fault of the sandbox.');
  const { 'Content-Type': _, ETag: _tag, ...kept } = reply.headers;
  return { ...page, headers: { ...kept, ...page.headers, ...retry, ...status.headers } };
}

async function sendFile(response: ServerResponse, reply: Reply, faults: readonly Fault[]): Promise<void> {
  const body = Buffer.from(reply.body);
  const hasBody = reply.status !== 304 && reply.status !== 204;
  const isEndless = findFault(faults, 'endless') !== undefined;
  const length = body.length + (findFault(faults, 'wrong-length')?.by ?? 0);
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(hasBody && !isEndless ? { 'Content-Length': length } : {}),
  });
  if (isEndless) return sendForever(response, body);
  const half = findFault(faults, 'truncate') && body.length >>> 1;
  const breakAt = findFault(faults, 'cut')?.bytes ?? half;
  const stallAt = findFault(faults, 'stall')?.bytes;
  await sendBytes(
    response,
    body.subarray(0, Math.min(breakAt ?? Infinity, stallAt ?? Infinity, length)),
    findFault(faults, 'trickle')?.bytesPerSecond,
  );
  if (stallAt !== undefined) return;
  if (breakAt !== undefined || length > body.length) await breakConnection(response);
  else response.end();
}

async function sendBytes(
  response: ServerResponse,
  bytes: Buffer,
  bytesPerSecond: number | undefined,
): Promise<void> {
  const size = bytesPerSecond === undefined ? CHUNK_BYTES : Math.max(1, Math.ceil(bytesPerSecond / 20));
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (bytesPerSecond !== undefined) await wait((size / bytesPerSecond) * 1000);
    if (response.writableNeedDrain && !response.destroyed) await drained(response);
  }
  // Headers wait for the first byte of the body otherwise.
  if (bytes.length === 0) response.flushHeaders();
}

/** Sends the body, and random bytes after it until the client closes the connection. */
async function sendForever(response: ServerResponse, body: Buffer): Promise<void> {
  const random = createRandom('endless');
  const noise = Buffer.from(Array.from({ length: CHUNK_BYTES }, () => random.int(0, 255)));
  response.write(body);
  while (!response.destroyed) {
    response.write(noise);
    if (response.writableNeedDrain) await drained(response);
    else await wait(0);
  }
}
