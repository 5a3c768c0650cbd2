import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** One file as the server has it now; change it between two requests. */
export type ServedFile = {
  body: Buffer;
  etag?: string | undefined;
  lastModified?: string | undefined;
  /** No Content-Length: the body is chunked. */
  isChunked?: boolean;
  /** Range headers are ignored. */
  ignoresRange?: boolean;
  /** If-Range is ignored: a range of the new content is sent. */
  ignoresIfRange?: boolean;
  /** 304 is never sent. */
  ignoresConditions?: boolean;
  /** Ends the connection after this byte of the file, for as long as it is set. */
  cutAt?: number | undefined;
  /** Milliseconds between chunks of 16 KB. */
  pauseMs?: number;
  /** Called before an answer: may answer by itself and return true. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

export type FileServer = {
  readonly url: string;
  readonly file: ServedFile;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** Bytes of bodies that were sent. */
  sent(): number;
  close(): Promise<void>;
};

/** A server of one large file: ranges and conditions as RFC 9110 has them, and faults. */
export async function fileServer(file: ServedFile): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  let sent = 0;
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    if (file.intercept?.(request, response) === true) return;
    void answer(file, request, response, (bytes) => (sent += bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/file.zip`,
    file,
    requests,
    sent: () => sent,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  file: ServedFile,
  { headers }: IncomingMessage,
  response: ServerResponse,
  count: (bytes: number) => void,
): Promise<void> {
  const { body, etag, lastModified } = file;
  if (etag !== undefined) response.setHeader('ETag', etag);
  if (lastModified !== undefined) response.setHeader('Last-Modified', lastModified);
  const isSame =
    headers['if-none-match'] === undefined
      ? headers['if-modified-since'] !== undefined && headers['if-modified-since'] === lastModified
      : headers['if-none-match'] === etag;
  if (isSame && file.ignoresConditions !== true) {
    response.writeHead(304).end();
    return;
  }
  const start = rangeOf(file, headers);
  if (start !== undefined && start >= body.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${body.length}` }).end();
    return;
  }
  const from = start ?? 0;
  if (start !== undefined) {
    response.setHeader('Content-Range', `bytes ${from}-${body.length - 1}/${body.length}`);
  }
  if (file.isChunked !== true) response.setHeader('Content-Length', body.length - from);
  response.writeHead(start === undefined ? 200 : 206);
  await send(file, response, from, count);
}

function rangeOf(file: ServedFile, headers: IncomingMessage['headers']): number | undefined {
  const start = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
  if (start === undefined || file.ignoresRange === true) return undefined;
  const condition = headers['if-range'];
  const isCurrent = condition === file.etag || condition === file.lastModified;
  return isCurrent || file.ignoresIfRange === true ? Number(start) : undefined;
}

async function send(
  { body, cutAt, pauseMs = 0 }: ServedFile,
  response: ServerResponse,
  from: number,
  count: (bytes: number) => void,
): Promise<void> {
  const end = Math.min(body.length, cutAt ?? Infinity);
  const step = pauseMs === 0 ? 1024 * 1024 : 16 * 1024;
  for (let at = from; at < end && !response.destroyed; at += step) {
    const chunk = body.subarray(at, Math.min(end, at + step));
    count(chunk.length);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('close', done);
        resolve();
      };
      response.once('close', done);
      response.write(chunk, done);
    });
    if (pauseMs > 0) await setTimeout(pauseMs);
  }
  if (end === body.length) {
    response.end();
    return;
  }
  // Node's client drops what it has not read yet when a connection breaks.
  await setTimeout(30);
  response.destroy();
}
