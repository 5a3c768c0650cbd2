import { isSecret } from './items/stub/hide-secrets.ts';
import { hidePathKeys } from './items/stub/path-keys.ts';

const HIDDEN = '[hidden]';

/** Keys of `auth` whose values are secrets. */
export const AUTH_SECRETS: ReadonlySet<string> = new Set(['bearer', 'value', 'password', 'client_secret']);
/** Headers that identify no user. */
const OPEN_HEADERS = /^(?:accept|accept-\w+|content-type|user-agent)$/i;

type Entry = Readonly<Record<string, unknown>>;

/** Replaces secrets that were typed into an entry of sources.yaml. References to variables stay. */
export function hideTypedSecrets(entry: Entry, source: string): Entry {
  return {
    ...entry,
    ...hideIn(entry, 'url', (url) => hideInAddress(url, source)),
    ...hideIn(entry, 'query', (value, name) => (isSecret({ name, value }) ? HIDDEN : value)),
    ...hideIn(entry, 'headers', (value, name) => (OPEN_HEADERS.test(name) ? value : hideLiteral(value))),
    ...hideIn(entry, 'auth', (value, name) => (AUTH_SECRETS.has(name) ? hideLiteral(value) : value)),
  };
}

/** Changes each text of one key: the value itself, or the members of a list or map. */
function hideIn(entry: Entry, key: string, hide: (value: string, name: string) => string): Entry {
  const value = entry[key];
  if (value === undefined) return {};
  return { [key]: change(value, key, hide) };
}

function change(value: unknown, name: string, hide: (value: string, name: string) => string): unknown {
  if (typeof value === 'string') return hide(value, name);
  if (Array.isArray(value)) return value.map((each) => change(each, name, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, each]) => [member, change(each, member, hide)]),
  );
}

function hideLiteral(text: string): string {
  return text.includes('${') ? text : HIDDEN;
}

/** Paths of files stay. */
function hideInAddress(address: string, source: string): string {
  if (!/^https?:/i.test(address)) return address;
  const at = address.indexOf('?');
  const [base, query] = at === -1 ? [address, undefined] : [address.slice(0, at), address.slice(at + 1)];
  const { path, names } = hidePathKeys(base, source);
  const shown = names.reduce((text, name) => text.replaceAll(`\${${name}}`, HIDDEN), path);
  return query === undefined ? shown : `${shown}?${query.split('&').map(hideInPair).join('&')}`;
}

function hideInPair(pair: string): string {
  const [name = '', ...rest] = pair.split('=');
  return isSecret({ name, value: rest.join('=') }) ? `${name}=${HIDDEN}` : pair;
}
