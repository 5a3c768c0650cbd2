import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Proxy } from './proxy.ts';

/** The proxy is away or refuses: nothing of it is the word of the server behind it. */
export class ProxyError extends Error {}

/** What a request hands to its agent; Node itself does not hand on the request's `signal`. */
type Target = ConnectionOptions & { readonly tunnelSignal?: AbortSignal };

/** Options of a request that give up opening its tunnel with this signal. */
export function tunnelOptions(signal: AbortSignal): object {
  return { tunnelSignal: signal };
}

/** TLS connections through a proxy by CONNECT (RFC 9110, 9.3.6), kept open between requests if told. */
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
    openTunnel(this.#proxy, options).then(
      (socket) => {
        done(null, connectTls({ ...options, socket }));
      },
      // Node's types have no failure without a socket, its agents do.
      (error: unknown) => (done as (error: unknown) => void)(error),
    );
  }
}

function openTunnel(proxy: Proxy, { host, port, tunnelSignal: signal }: Target): Promise<Duplex> {
  const { url, name, authorization } = proxy;
  const target = `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
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
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      void firstBytes(socket, head).then((text) => reject(refusal(name, target, response, text)));
    });
    request.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `the proxy ${name} cannot be used: ${cause.code ?? 'error'} ${cause.message}`;
      reject(new ProxyError(message, { cause }));
    });
    request.end();
  });
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
const MAX_WAIT = 500;

/** The beginning of a refusal's page. Ends the connection. */
function firstBytes(socket: Duplex, head: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let bytes = head;
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(bytes.toString('utf8', 0, MAX_BYTES));
    };
    const timer = setTimeout(end, MAX_WAIT);
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= MAX_BYTES || bytes.includes('</title>')) end();
    });
  });
}
