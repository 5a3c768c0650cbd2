import { BlockList, isIP } from 'node:net';

/** Finds the address of a caller: the last one in `X-Forwarded-For` that no trusted proxy has, if the request came from one. */
export type ReadAddress = (peer: string, forwardedFor: string | undefined) => string;

/** @param proxies addresses, or networks such as 10.0.0.0/8. */
export function createAddressReader(proxies: readonly string[]): ReadAddress {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (peer, forwardedFor) => {
    const direct = normalize(peer);
    if (!isTrusted(direct) || forwardedFor === undefined) return direct;
    const chain = forwardedFor.split(',').map((part) => normalize(part.trim()));
    return chain.toReversed().find((address) => isIP(address) !== 0 && !isTrusted(address)) ?? direct;
  };
}

/** Some proxies add the port: `1.2.3.4:55`, `[2001:db8::1]:44`. An IPv6 socket shows an IPv4 address as ::ffff:1.2.3.4. */
function normalize(text: string): string {
  const [, address = text] = /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(text) ?? /^([\d.]+):\d+$/.exec(text) ?? [];
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
