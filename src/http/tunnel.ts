import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Proxy } from './proxy.ts';

/** The proxy cannot be reached or refuses the connection; the server behind it was not reached. */
export class ProxyError extends Error {}

/** Options that a request passes to its agent. Node itself does not pass on the request's `signal`. */
type Target = ConnectionOptions & { readonly tunnelSignal?: AbortSignal };

/** Request options that abort the opening of its tunnel together with this signal. */
export function createTunnelOptions(signal: AbortSignal): object {
  return { tunnelSignal: signal };
}

/** Opens TLS connections through a proxy by CONNECT (RFC 9110, 9.3.6); `keepAlive` keeps them open between requests. */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;

  constructor(proxy: Proxy, keepAlive: boolean) {
    // The same as Node's default agent: free connections close before a server's usual five seconds.
    super({ keepAlive, scheduling: 'lifo', timeout: 5000 });
    this.#proxy = proxy;
  }

  /** @param options of the request, with `tunnelOptions`. */
  override createConnection(
    options: Target,
    done: (error: Error | null, socket: Duplex) => void = () => undefined,
  ): undefined {
    openTunnel(this.#proxy, options, (result) => {
      // Node's types require a socket with an error, its agents do not.
      if (result instanceof Error) (done as (error: Error) => void)(result);
      else done(null, connectTls({ ...options, socket: result }));
    });
  }
}

/** @param done called once. */
function openTunnel(
  { url, name, authorization }: Proxy,
  { host, port, tunnelSignal: signal }: Target,
  done: (result: Duplex | ProxyError) => void,
): void {
  const target = `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  request.once('connect', (response, socket, head) => {
    if (response.statusCode === 200) done(socket);
    else readStart(socket, head, (text) => done(refusalError(name, target, response, text)));
  });
  request.once('error', (cause: NodeJS.ErrnoException) => {
    const message = `the proxy ${name} cannot be used: ${cause.code ?? 'error'} ${cause.message}`;
    done(new ProxyError(message, { cause }));
  });
  request.end();
}

function refusalError(
  name: string,
  target: string,
  { statusCode, statusMessage = '' }: IncomingMessage,
  text: string,
): ProxyError {
  const title = /<title[^>]*>([^<]+)</i.exec(text)?.[1]?.replaceAll(/\s+/g, ' ').trim().slice(0, 100);
  const words = `${statusCode} ${statusMessage}`.trim() + (title === undefined ? '' : `, "${title}"`);
  return new ProxyError(`the proxy ${name} refused a connection to ${target}: ${words}`);
}

const MAX_REFUSAL_BYTES = 4000;
const MAX_REFUSAL_WAIT_MS = 500;

/** Reads the start of a refusal's page and ends the connection. @param done called once. */
function readStart(socket: Duplex, head: Buffer, done: (text: string) => void): void {
  let bytes = head;
  const end = (): void => {
    clearTimeout(timer);
    socket.off('close', end).destroy();
    done(bytes.toString('utf8', 0, MAX_REFUSAL_BYTES));
  };
  const timer = setTimeout(end, MAX_REFUSAL_WAIT_MS);
  // `close` follows every error.
  socket.on('error', () => undefined);
  socket.once('close', end);
  socket.on('data', (chunk: Buffer) => {
    if (socket.destroyed) return;
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= MAX_REFUSAL_BYTES || bytes.includes('</title>')) end();
  });
}
