import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { createDownloader } from '../../../src/http/download/index.ts';
import type { Fetched, GetOptions, Requester } from '../../../src/sources/items/requester.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server on 127.0.0.1 whose answers can be exchanged. An answer with a validator is 304 if the client has it. */
export async function localServer(first: Reply = {}) {
  const received: IncomingHttpHeaders[] = [];
  let replies: Readonly<Record<string, Reply>> = { '/': first };
  const server = createServer(({ url = '/', headers }, response) => {
    received.push(headers);
    send(response, headers, replies[url] ?? replies['/']!);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    serve: (reply: Reply, others: Readonly<Record<string, Reply>> = {}): void => {
      replies = { '/': reply, ...others };
    },
  };
}

function send(response: ServerResponse, sent: IncomingHttpHeaders, reply: Reply): void {
  const { status = 200, headers = {}, body = '' } = reply;
  const { etag, 'last-modified': modified } = headers;
  const isSame =
    (etag !== undefined && sent['if-none-match'] === etag) ||
    (etag === undefined && modified !== undefined && sent['if-modified-since'] === modified);
  response.writeHead(status === 200 && isSame ? 304 : status, headers);
  response.end(status === 200 && isSame ? undefined : body);
}

/** Sends real requests, with as little around them as the readers need. */
export function localRequester(): Requester {
  let requests = 0;
  const clock = fakeClock();
  const downloader = createDownloader({
    idleTimeout: 5000,
    maxRetries: 0,
    deadline: 0,
    clock,
    random: () => 0,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    freeBytes: () => undefined,
    minFree: 0,
  });
  const get = async (url: string, options: GetOptions, signal: AbortSignal): Promise<Fetched> => {
    requests += 1;
    const { status, headers, body } = await exchange(url, options, signal);
    const { location } = headers;
    if (location !== undefined) {
      const target = new URL(location, url).href;
      const fetched = await get(target, options, signal);
      return [301, 308].includes(status) ? { ...fetched, movedTo: fetched.movedTo ?? target } : fetched;
    }
    const { etag, 'last-modified': lastModified } = headers;
    const common = {
      url,
      movedTo: undefined,
      state: { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) },
    };
    if (status === 304) return { kind: 'unchanged', ...common };
    if (status === 410) return { kind: 'gone', ...common };
    return { kind: 'body', body, contentType: headers['content-type'] ?? '', link: '', ...common };
  };
  return {
    get,
    download: (url, file, known, signal) =>
      downloader.download(
        {
          url,
          file,
          label: 'file',
          known: known && { etag: known.etag, lastModified: known.lastModified, bytes: undefined },
        },
        signal,
      ),
    server: '127.0.0.1',
    requests: () => requests + downloader.requests(),
  };
}

function exchange(
  url: string,
  { accept, known }: GetOptions,
  signal: AbortSignal,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  const headers = {
    accept,
    ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, signal, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

function nothing(): void {
  // Nobody reads this log.
}
