import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** The start of a JPEG of 16 × 16 pixels: SOI, APP0, SOF0. */
const HEADER = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc00011080010001003012200021101031101',
  'hex',
);

/** A JPEG by its first and last bytes; the content between them is all that tests compare. */
export function photoOf(key: string, version = 1, size = 600): Buffer {
  const text = Buffer.alloc(size + 4 - HEADER.length, `${key} ${version} `);
  return Buffer.concat([HEADER, text, Buffer.from([0xff, 0xd9])]);
}

export type PhotoRequest = { readonly key: string; readonly headers: IncomingMessage['headers'] };

/** Answers instead of the photo; returns whether it did. */
export type Fault = (request: PhotoRequest, response: ServerResponse, count: number) => boolean;

export type PhotoServer = {
  readonly origin: string;
  /** What each key has now. */
  readonly photos: Map<string, Buffer>;
  readonly requests: PhotoRequest[];
  /** Headers of every answer. */
  headers: () => Record<string, string>;
  fault: Fault | undefined;
  /** Addresses with an older number have expired. */
  signature: number;
  /** Milliseconds before each answer. */
  latencyMs: number;
  address(key: string): string;
};

/** Serves photos as a CDN does: with ETag, signed addresses that expire, and the faults that a test sets. */
export async function photoServer(): Promise<PhotoServer> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', state.origin);
    const key = decodeURIComponent(url.pathname.slice(1));
    const seen = { key, headers: request.headers };
    state.requests.push(seen);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const answer = (): void => {
      for (const [name, value] of Object.entries(state.headers())) response.setHeader(name, value);
      if (state.fault?.(seen, response, counts.get(key)!) === true) return;
      send(state, key, Number(url.searchParams.get('signed')), request, response);
    };
    if (state.latencyMs === 0) answer();
    else setTimeout(answer, state.latencyMs);
  });
  const state: PhotoServer = {
    origin: '',
    photos: new Map(),
    requests: [],
    headers: () => ({}),
    fault: undefined,
    signature: 1,
    latencyMs: 0,
    address: (key) => `${state.origin}/${encodeURIComponent(key)}?signed=${state.signature}`,
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  (state as { origin: string }).origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return state;
}

function send(
  state: PhotoServer,
  key: string,
  signed: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const bytes = state.photos.get(key);
  if (signed < state.signature) return void response.writeHead(403).end('expired');
  if (bytes === undefined) return void response.writeHead(404).end('no such photo');
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, { etag, 'content-type': 'image/jpeg', 'content-length': bytes.length }).end(bytes);
}
