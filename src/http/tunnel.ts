import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Proxy } from './proxy.ts';

/** The proxy cannot be reached or refuses: not an answer of the server behind it. */
export class ProxyError extends Error {}

/** What a request passes to its agent; Node itself does not pass on the request's `signal`. */
type Target = ConnectionOptions & { readonly tunnelSignal?: AbortSignal };

/** Options of a request that stop opening its tunnel when this signal is aborted. */
export function tunnelOptions(signal: AbortSignal): object {
  return { tunnelSignal: signal };
}

/** TLS connections through a proxy by CONNECT (RFC 9110, 9.3.6), kept open between requests if `keepAlive` is set. */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;

  constructor(proxy: Proxy, keepAlive: boolean) {
    // As Node's own agent does: free connections are closed before a server's usual five seconds.
    super({ keepAlive, scheduling: 'lifo', timeout: 5000 });
    this.#proxy = proxy;
  }

  /** @param options a request's own, with `tunnelOptions`. */
  override createConnection(
    options: Target,
    done: (error: Error | null, socket: Duplex) => void = () => undefined,
  ): undefined {
    openTunnel(this.#proxy, options, (result) => {
      // Node's types have no failure without a socket, its agents do.
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
    else readStart(socket, head, (text) => done(refusal(name, target, response, text)));
  });
  request.once('error', (cause: NodeJS.ErrnoException) => {
    const message = `the proxy ${name} cannot be used: ${cause.code ?? 'error'} ${cause.message}`;
    done(new ProxyError(message, { cause }));
  });
  request.end();
}

function refusal(
  name: string,
  target: string,
  { statusCode, statusMessage = '' }: IncomingMessage,
  text: string,
): ProxyError {
  const title = /<title[^>]*>([^<]+)</i.exec(text)?.[1]?.replaceAll(/\s+/g, ' ').trim().slice(0, 100);
  const words = `${statusCode} ${statusMessage}`.trim() + (title === undefined ? '' : `, "${title}"`);
  return new ProxyError(`the proxy ${name} refused a connection to ${target}: ${words}`);
}

const MAX_BYTES = 4000;
const MAX_WAIT_MS = 500;

/** Reads the beginning of a refusal's page, and ends the connection. @param done called once. */
function readStart(socket: Duplex, head: Buffer, done: (text: string) => void): void {
  let bytes = head;
  const end = (): void => {
    clearTimeout(timer);
    socket.off('close', end).destroy();
    done(bytes.toString('utf8', 0, MAX_BYTES));
  };
  const timer = setTimeout(end, MAX_WAIT_MS);
  // An error is followed by the end.
  socket.on('error', () => undefined);
  socket.once('close', end);
  socket.on('data', (chunk: Buffer) => {
    if (socket.destroyed) return;
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= MAX_BYTES || bytes.includes('</title>')) end();
  });
}
