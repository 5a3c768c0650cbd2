import { BlockList, isIP } from 'node:net';

/** Proxies by the scheme of the target address, and the hosts that are reached directly. */
export type ProxySettings = {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** As in NO_PROXY: `*`, or hosts, domains, addresses and networks, each with or without a port. */
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

/** Finds the proxy for an address. Never one for this machine itself: a secret would leave the machine. */
export function findProxy(address: URL, { https, http, exempt }: ProxySettings): Proxy | undefined {
  const text = address.protocol === 'https:' ? https : http;
  if (text === undefined || isLoopback(address) || exempt.some((entry) => isExempt(address, entry))) {
    return undefined;
  }
  const url = parseProxyUrl(text)!;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const pair = `${decodePercent(username)}:${decodePercent(password)}`;
  return {
    url,
    name: `${url.hostname}:${port}`,
    authorization: pair === ':' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`,
  };
}

/** Parses a proxy's address; `proxy:3128` means `http://proxy:3128`. Undefined unless it is HTTP or HTTPS. */
export function parseProxyUrl(text: string): URL | undefined {
  const full = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** The forms in which a proxy's password could appear in a log. */
export function listProxySecrets(text: string | undefined): string[] {
  const { password = '' } = (text === undefined ? undefined : parseProxyUrl(text)) ?? {};
  return password === '' ? [] : [password, decodePercent(password)];
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback({ hostname }: URL): boolean {
  const host = normaliseHost(hostname);
  return /(^|\.)localhost\.?$/.test(host) || isListed(LOOPBACK, host);
}

function isExempt({ hostname, port, protocol }: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = normaliseHost(hostname);
  const network = /^(.+)\/(\d+)$/.exec(entry);
  if (network !== null) return isInNetwork(host, normaliseHost(network[1]!), Number(network[2]));
  const [, name = '', entryPort] = /^(\[.+\]|[^:]+|.*:.*:.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (entryPort !== undefined && entryPort !== (port === '' ? (protocol === 'https:' ? '443' : '80') : port))
    return false;
  const domain = normaliseHost(name).replace(/^\*?\./, '');
  return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

function isInNetwork(host: string, address: string, bits: number): boolean {
  const version = isIP(address);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return isListed(list, host);
}

function isListed(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** In lower case; an IPv6 address without its brackets. */
function normaliseHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
