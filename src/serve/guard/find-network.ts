import { isIPv6 } from 'node:net';

/**
 * Returns the network that is limited as one caller: the first 64 bits of an IPv6 address, because a subscriber has at least
 * these (RFC 6177); other addresses as they are.
 */
export function findNetwork(address: string): string {
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  // A URL has the address in lower case, without leading zeros, and without a dotted part.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
