import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Fault } from '../faults.ts';

const gzipAsync = promisify(gzip);

/** An answer, and how it is sent. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  readonly ending?: 'cut' | 'reset' | 'hang';
  /** Called after the answer was sent. */
  readonly after?: () => void;
};

/** A JSON answer. */
export function jsonReply(status: number, body: unknown): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** An HTML page, as a proxy or the token endpoint sends it. */
export function htmlReply(status: number, body: string): Reply {
  return { status, headers: { 'Content-Type': 'text/html' }, body };
}

const PROXY_PAGE =
  '<html><head><title>Service Unavailable</title></head><body>The request is blocked.</body></html>';

/** Applies a fault to an answer. */
export function applyFault(reply: Reply, fault: Fault): Reply {
  if (fault.kind === 'reset' || fault.kind === 'hang') return { ...reply, ending: fault.kind };
  if (fault.kind === 'truncate') return { ...reply, ending: 'cut' };
  if (fault.kind === 'html') return htmlReply(200, PROXY_PAGE);
  if (fault.kind === 'empty') return { ...reply, body: '' };
  if (fault.kind === 'no-value') return jsonReply(200, { '@odata.context': 'sandbox' });
  if (fault.kind !== 'truncate-json') return reply;
  const whole = Buffer.from(reply.body);
  return { ...reply, body: whole.subarray(0, whole.length >>> 1) };
}

/** Sends an answer; compressed if the client accepts gzip. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
): Promise<void> {
  if (reply.ending === 'hang') return;
  if (reply.ending === 'reset') {
    request.socket.destroy();
    return;
  }
  const headers: Record<string, string> = { ...reply.headers };
  let body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  if (body.length > 0 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    body = await gzipAsync(body, { level: constants.Z_BEST_SPEED });
    headers['Content-Encoding'] = 'gzip';
  }
  headers['Content-Length'] = String(body.length);
  response.writeHead(reply.status, headers);
  if (reply.ending === 'cut')
    response.write(body.subarray(0, body.length >>> 1), () => request.socket.destroy());
  else response.end(body, reply.after);
}
