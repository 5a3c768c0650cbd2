import type { Auth } from '../settings.ts';
import { hidePathKeys } from './path-keys.ts';

/** An address, divided into what is written to sources.yaml and what only a request has. */
export type DividedAddress = {
  /** Where a request goes, without what `auth` adds to it. */
  readonly request: { readonly url: string; readonly auth: Auth | undefined };
  /** The same for sources.yaml: secrets are references to variables. */
  readonly entry: { readonly url: string; readonly auth: Readonly<Record<string, string>> | undefined };
  /** The variables, each with the part of the address that has its value. */
  readonly variables: readonly { readonly name: string; readonly part: string }[];
};

/** Names of parameters whose value identifies the user; not `sort_key` or `page_token`. */
const SECRET =
  /(?:^|[_.-]|[a-z](?=[A-Z]))(?:api_?key|app_?id|auth|key|passwd|password|pwd|secret|sig|signature|token)$/i;
const HARMLESS = /sort|order|page|next|cursor|continuation/i;

/** Long values of random characters; the name of the parameter does not matter. */
const RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{32,}$/;

/**
 * Replaces the secrets of an address with variables that are named after its source: a user and password, and keys in its path
 * and its query.
 */
export function hideSecrets(address: string, source: string): DividedAddress {
  const prefix = source.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const user = removeUser(address);
  const { base, pairs } = splitQuery(user?.url ?? address);
  const hidden = hidePathKeys(base, prefix);
  const [first, ...others] = pairs.filter(isSecret);
  // One of them can be sent as `auth`, which is not a part of what the checkpoint belongs to.
  const inAuth = user === undefined ? first : undefined;
  const inQuery = inAuth === undefined ? pairs.filter(isSecret) : others;
  const variableOf = ({ name }: Pair): string =>
    `${prefix}_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
  const kept = pairs.filter((pair) => pair !== inAuth);
  const written = kept.map((pair) =>
    inQuery.includes(pair) ? `${pair.text.split('=')[0]}=\${${variableOf(pair)}}` : pair.text,
  );
  const auth = user?.auth ?? (inAuth && { query: inAuth.name, value: inAuth.value });
  return {
    request: {
      url: joinQuery(
        base,
        kept.map(({ text }) => text),
      ),
      auth,
    },
    entry: {
      url: joinQuery(hidden.path, written),
      auth:
        user === undefined
          ? inAuth && { query: inAuth.name, value: `\${${variableOf(inAuth)}}` }
          : { basic: `\${${prefix}_USER}`, password: `\${${prefix}_PASSWORD}` },
    },
    variables: [
      ...(user === undefined
        ? []
        : [
            { name: `${prefix}_USER`, part: 'the user' },
            { name: `${prefix}_PASSWORD`, part: 'the password' },
          ]),
      ...hidden.names.map((name) => ({ name, part: 'a part of the path' })),
      ...pairs
        .filter(isSecret)
        .map((pair) => ({ name: variableOf(pair), part: `the value of ${pair.name}` })),
    ],
  };
}

/** A parameter, and its text in the address. */
type Pair = { readonly name: string; readonly value: string; readonly text: string };

/** Whether a parameter of an address identifies the user; references to variables do not count. */
export function isSecret({ name, value }: { readonly name: string; readonly value: string }): boolean {
  if (value === '' || value.startsWith('${')) return false;
  return RANDOM.test(value) || (SECRET.test(name) && !HARMLESS.test(name));
}

function removeUser(address: string): { readonly url: string; readonly auth: Auth } | undefined {
  const { username, password } = new URL(address);
  if (username === '' && password === '') return undefined;
  const auth = { basic: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { url: address.replace(/^(https?:\/\/)[^/?#]*@/i, '$1'), auth };
}

/** Other parameters stay as they were typed. */
function splitQuery(address: string): { readonly base: string; readonly pairs: readonly Pair[] } {
  const [whole = ''] = address.split('#');
  const at = whole.indexOf('?');
  if (at === -1) return { base: whole, pairs: [] };
  const texts = whole.slice(at + 1).split('&');
  const pairs = texts.map((text) => {
    const [[name, value] = ['', '']] = [...new URLSearchParams(text)];
    return { name, value, text };
  });
  return { base: whole.slice(0, at), pairs: pairs.filter(({ text }) => text !== '') };
}

function joinQuery(base: string, texts: readonly string[]): string {
  return texts.length === 0 ? base : `${base}?${texts.join('&')}`;
}
