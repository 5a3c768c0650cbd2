import { lookup as lookUpHost } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ConfigError } from '../errors.ts';

/** Whether a request may connect to an address (IPv4 or IPv6). */
export type CheckAddress = (address: string) => boolean;

/** Networks that are not on the public internet (IANA, special-purpose address registries; RFC 6890). */
const IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Also the metadata of cloud machines.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's own services.
  '168.63.129.16/32',
];

/** Networks with an IPv4 address inside (NAT64, 6to4, Teredo) are refused as a whole. */
const IPV6 = [
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const PRIVATE = new BlockList();
for (const [type, networks] of [
  ['ipv4', IPV4],
  ['ipv6', IPV6],
] as const) {
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    PRIVATE.addSubnet(address, Number(bits), type);
  }
}

/** Whether an address is on the public internet. An IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`) counts as IPv4. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !PRIVATE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** A request was about to connect to an address that it may not connect to. */
export class AddressRefusedError extends Error {}

/** Whether the host of an address is an IP address that is refused: no name is looked up for it. */
export function isRefusedHost({ hostname }: URL, check: CheckAddress): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 && !check(host);
}

/** Looks up names for connections; fails if one of the addresses is refused, so that no later attempt can use it. */
export function createFilteredLookup(check: CheckAddress): LookupFunction {
  return (host, options, done) => {
    lookUpHost(host, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      const refused = error === null && !addresses.every(check);
      done(refused ? new AddressRefusedError(host) : error, found, family);
    });
  };
}

/** Explains why an address was not requested. */
export function toRefusedError({ host }: URL, op: string): ConfigError {
  return new ConfigError(
    `${host} is an address of a private network: an answer led there, which is refused`,
    {
      op,
      hint: 'if it is yours, set url of the source to that address',
    },
  );
}
