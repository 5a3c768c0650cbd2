import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { formatRefusal, refuseRequest } from './answer/refusal.ts';
import { getRequestListener } from './hono.ts';

/** What a client may take, in milliseconds. */
export type ServerLimits = {
  /** Until its headers have arrived. */
  readonly headers: number;
  /** Until the request has arrived. */
  readonly request: number;
  /** Without a byte in either direction. */
  readonly idle: number;
};

export const LIMITS: ServerLimits = { headers: 10_000, request: 15_000, idle: 30_000 };

const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 500;

/** A server that disconnects slow clients, and answers malformed requests as carefully as others. */
export function createServer(
  answer: Parameters<typeof getRequestListener>[0],
  limits: ServerLimits = LIMITS,
): Server {
  const listener = getRequestListener(answer, {
    // For requests without a Host header, which the guard refuses.
    hostname: 'localhost',
    errorHandler: refuseRequest,
  });
  const server = createHttpServer({
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    connectionsCheckingInterval: Math.min(2000, limits.headers),
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node would answer without our headers.
    requireHostHeader: false,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = limits.idle;
  const listen = (...args: Parameters<typeof listener>): void => void listener(...args);
  server.on('request', listen);
  // Of `Expect`; without a listener Node answers 417 itself.
  server.on('checkExpectation', listen);
  server.on('clientError', refuseBytes);
  return server;
}

/** Answers an error of the parser, unless the answer to an earlier request is on its way. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { _httpMessage: current } = socket as Duplex & { readonly _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent === true) socket.destroy();
  else socket.end(formatRefusal(error.code), () => socket.destroy());
}
