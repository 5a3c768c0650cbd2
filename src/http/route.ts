import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import {
  Agent as HttpsAgent,
  type AgentOptions as HttpsAgentOptions,
  request as requestHttps,
  type RequestOptions,
} from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Proxy } from './proxy.ts';
import { TunnelAgent, createTunnelOptions } from './tunnel.ts';

/** The part of axios' options that selects the connection of a request. */
export type Route = {
  readonly proxy: false | { readonly protocol: string; readonly host: string; readonly port: number };
  /** For the proxy. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly httpAgent?: HttpAgent;
  readonly httpsAgent?: HttpsAgent;
  readonly transport?: {
    readonly request: (options: RequestOptions, done: (answer: IncomingMessage) => void) => ClientRequest;
  };
};

/** Finds the route to an address; `signal` also aborts the opening of a tunnel. */
export type FindRoute = (url: URL, proxy: Proxy | undefined, signal: AbortSignal) => Route;

/** The same as Node's default agent: free connections close before a server's usual five seconds. */
const KEPT = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

/**
 * Creates routes. With `keepAlive`, connections are kept for the next request. Without it, each request has a separate
 * connection, which ends with it and so never keeps the process alive.
 * @param lookup finds the addresses of hosts that are reached without a proxy.
 */
export function createRoutes(keepAlive: boolean, lookup?: LookupFunction): FindRoute {
  const agents = keepAlive ? {} : createAgents({ keepAlive });
  // A proxy may have a private address: the filter is for what it does not reach.
  const direct = lookup === undefined ? agents : createAgents({ ...(keepAlive ? KEPT : {}), lookup });
  const tunnels = new Map<string, TunnelAgent>();
  return (url, proxy, signal) => {
    if (proxy === undefined) return { proxy: false, ...direct };
    if (url.protocol === 'http:') return { ...agents, ...createForwardRoute(url, proxy) };
    const tunnel = tunnels.get(proxy.name) ?? new TunnelAgent(proxy, keepAlive);
    tunnels.set(proxy.name, tunnel);
    const request = (options: RequestOptions, done: (response: IncomingMessage) => void) =>
      requestHttps({ ...options, ...createTunnelOptions(signal) }, done);
    return { proxy: false, httpsAgent: tunnel, transport: { request } };
  };
}

function createAgents(options: HttpsAgentOptions): Pick<Route, 'httpAgent' | 'httpsAgent'> {
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/** A plain HTTP request is sent to the proxy with its full address (RFC 9112, 3.2.2). */
function createForwardRoute({ host }: URL, { url, authorization }: Proxy): Route {
  const { protocol, hostname, port } = url;
  return {
    proxy: {
      protocol,
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    },
    headers: { host, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
  };
}
