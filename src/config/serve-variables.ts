import { isIP } from 'node:net';
import { oneOf, parsedText, required, text, type Variables, whole } from '../lib/variable-types.ts';

const MIN_KEY_LENGTH = 16;

const keys = parsedText((value) => {
  const list = splitList(value).map((entry) => /^([\w.-]{1,40}):([!-~]+)$/.exec(entry));
  const found = list.flatMap((match) => (match === null ? [] : [{ name: match[1]!, key: match[2]! }]));
  const isGood =
    found.length === list.length &&
    found.every(({ key }) => key.length >= MIN_KEY_LENGTH) &&
    new Set(found.map(({ name }) => name)).size === found.length;
  return isGood ? found : undefined;
}, `must be pairs such as site:KEY separated by commas, each key with at least ${MIN_KEY_LENGTH} characters and a different name`);

const hostNames = parsedText((value) => {
  const list = splitList(value.toLowerCase());
  return list.every((name) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) ? list : undefined;
}, 'must be host names without port, separated by commas, such as data.example.com');

const origins = parsedText((value) => {
  const list = splitList(value);
  return list.every((each) => URL.canParse(each) && new URL(each).origin === each) ? list : undefined;
}, 'must be origins separated by commas, such as https://www.example.com');

const networks = parsedText((value) => {
  const list = splitList(value);
  return list.every(isNetwork) ? list : undefined;
}, 'must be addresses or networks separated by commas, such as 127.0.0.1 or 10.0.0.0/8');

const columns = parsedText((value) => {
  const list = splitList(value);
  return list.every((name) => /^[a-z_][a-z0-9_]*$/.test(name)) ? list : undefined;
}, 'must be names of columns of properties, separated by commas');

function splitList(value: string): string[] {
  return value.split(',').map((each) => each.trim());
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
  SERVE_HOST: required.default('127.0.0.1'),
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
