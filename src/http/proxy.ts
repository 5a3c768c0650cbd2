import { BlockList, isIP } from 'node:net';

/** Proxies by the scheme of the target address, and the hosts that are reached without one. */
export type ProxySettings = {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** As in NO_PROXY: `*`, or hosts, domains, addresses and networks, each with a port or without. */
  readonly exempt: readonly string[];
};

export type Proxy = {
  /** Without user and password. */
  readonly url: URL;
  /** `host:port`, for people. */
  readonly name: string;
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization: string | undefined;
};

export const NO_PROXIES: ProxySettings = { https: undefined, http: undefined, exempt: [] };

/** The proxy for an address. None for this machine itself, whatever is set: a secret would leave it. */
export function proxyFor(address: URL, { https, http, exempt }: ProxySettings): Proxy | undefined {
  const text = address.protocol === 'https:' ? https : http;
  if (text === undefined || isLoopback(address) || exempt.some((entry) => isExempt(address, entry))) {
    return undefined;
  }
  const url = proxyUrl(text)!;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const pair = `${decoded(username)}:${decoded(password)}`;
  return {
    url,
    name: `${url.hostname}:${port}`,
    authorization: pair === ':' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`,
  };
}

/** A proxy's address; `proxy:3128` is `http://proxy:3128`. Undefined for anything but HTTP and HTTPS. */
export function proxyUrl(text: string): URL | undefined {
  const full = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** The texts by which a proxy's password could get into a log. */
export function proxySecrets(text: string | undefined): string[] {
  const { password = '' } = (text === undefined ? undefined : proxyUrl(text)) ?? {};
  return password === '' ? [] : [password, decoded(password)];
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback({ hostname }: URL): boolean {
  const host = bare(hostname);
  return /(^|\.)localhost\.?$/.test(host) || isIn(LOOPBACK, host);
}

function isExempt({ hostname, port, protocol }: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = bare(hostname);
  const network = /^(.+)\/(\d+)$/.exec(entry);
  if (network !== null) return isInNetwork(host, bare(network[1]!), Number(network[2]));
  const [, name = '', only] = /^(\[.+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (only !== undefined && only !== (port === '' ? (protocol === 'https:' ? '443' : '80') : port))
    return false;
  const domain = bare(name).replace(/^\*?\./, '');
  return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

function isInNetwork(host: string, address: string, bits: number): boolean {
  const version = isIP(address);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return isIn(list, host);
}

function isIn(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
