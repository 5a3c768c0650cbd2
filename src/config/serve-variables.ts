import { isIP, isIPv6 } from 'node:net';
import { oneOf, parsedText, required, text, type Variables, whole } from '../lib/variable-types.ts';

const MIN_KEY_LENGTH = 16;

const host = required.transform((value) => value.toLowerCase().replace(/^\[(.*)\]$/, '$1'));

const keys = parsedText((value) => {
  const list = splitList(value).map((entry) => /^([\w.-]{1,40}):([!-~]+)$/.exec(entry));
  const found = list.flatMap((match) => (match === null ? [] : [{ name: match[1]!, key: match[2]! }]));
  const isGood =
    found.length === list.length &&
    found.every(({ key }) => key.length >= MIN_KEY_LENGTH) &&
    new Set(found.map(({ name }) => name)).size === found.length &&
    new Set(found.map(({ key }) => key)).size === found.length;
  return isGood && found.length > 0 ? found : undefined;
}, `must be pairs such as site:KEY separated by commas, each with a different name and a different key of at least ${MIN_KEY_LENGTH} characters`);

const hostNames = parsedText((value) => {
  const list = splitList(value.toLowerCase()).map(bracket);
  return isEach(list, isHostName) ? list : undefined;
}, 'must be host names or addresses without port, separated by commas, such as data.example.com');

/** The name as clients send it in `Host`: an IPv6 address in its shortest form, with brackets. */
function bracket(name: string): string {
  const address = name.replace(/^\[(.*)\]$/, '$1');
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : name;
}

function isHostName(name: string): boolean {
  return isIPv6(name.slice(1, -1)) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name);
}

const origins = parsedText((value) => {
  const list = splitList(value);
  return isEach(list, (each) => URL.canParse(each) && new URL(each).origin === each) ? list : undefined;
}, 'must be origins separated by commas, such as https://www.example.com');

const networks = parsedText((value) => {
  const list = splitList(value);
  return isEach(list, isNetwork) ? list : undefined;
}, 'must be addresses or networks separated by commas, such as 127.0.0.1 or 10.0.0.0/8');

const columns = parsedText((value) => {
  const list = splitList(value);
  return isEach(list, (name) => /^[a-z_][a-z0-9_]*$/.test(name)) ? list : undefined;
}, 'must be names of columns of properties, separated by commas');

/** A comma at the end, or two in a row, add nothing. */
function splitList(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function isEach(list: readonly string[], isGood: (each: string) => boolean): boolean {
  return list.length > 0 && list.every(isGood);
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  return (
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

/** The variables of `serve`. */
export const serveVariables = {
  SERVE_HOST: host.default('127.0.0.1'),
  SERVE_PORT: whole(0, 65_535).default(8480),
  SERVE_KEYS: keys.optional(),
  SERVE_NAMES: hostNames.optional(),
  SERVE_ORIGINS: origins.optional(),
  SERVE_TRUST_PROXY: networks.optional(),
  SERVE_RATE_LIMIT: whole(1, 1_000_000).default(60),
  SERVE_LISTINGS: oneOf('off', 'on').default('off'),
  SERVE_LISTING_COLUMNS: columns.optional(),
  SERVE_DISCLAIMER: text.optional(),
} as const satisfies Variables;
