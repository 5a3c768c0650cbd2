import { isIPv6 } from 'node:net';

/** A host of a list, with its port if the list names one. */
export type ListedHost = { readonly host: string; readonly port: number | undefined };

/**
 * Parses hosts separated by commas, each with an optional port: `db1,db2:3307,[2001:db8::1]:3306`. An IPv6 address needs
 * brackets only if it has a port.
 * @returns undefined if an entry is invalid, or is listed twice.
 */
export function parseHostList(text: string): readonly ListedHost[] | undefined {
  const hosts = text.split(',').map((entry) => parseHost(entry.trim()));
  if (hosts.some((each) => each === undefined)) return undefined;
  const listed = hosts as readonly ListedHost[];
  const names = new Set(listed.map(({ host, port }) => `${host.toLowerCase()} ${port}`));
  return names.size === listed.length ? listed : undefined;
}

function parseHost(entry: string): ListedHost | undefined {
  const [, bracketed, name, port] =
    /^(?:\[([\da-f:.%\w]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  const host = bracketed ?? name ?? (isIPv6(entry) ? entry : undefined);
  if (host === undefined) return undefined;
  const number = port === undefined ? undefined : Number(port);
  return number === undefined || (number >= 1 && number <= 65_535) ? { host, port: number } : undefined;
}

/** Formats a host and its port, as `parseHostList` reads them. */
export function formatHost({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
