import { AUTH_SECRETS } from './hide-typed-secrets.ts';
import { isSecret } from './items/stub/hide-secrets.ts';
import { listPathKeys } from './items/stub/path-keys.ts';

/** Headers whose values are credentials. isSecret recognises others by the end of their name. */
const CREDENTIALS = /^(?:proxy-)?authorization$|^cookie$/i;

/** A text of an entry, and the key that has it. */
type NamedText = { readonly name: string; readonly value: string };

/**
 * Lists the secrets that were typed into an entry of sources.yaml, so that logs and messages can hide them. Values that may be
 * ordinary words, such as those of most headers, are not among them: they would be hidden everywhere.
 */
export function listTypedSecrets(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const texts = (key: string): NamedText[] => listTexts(key, entry[key]);
  return [
    ...texts('url').flatMap(({ value }) => listAddressSecrets(value)),
    ...texts('query').filter(isSecret).map(valueOf),
    ...texts('headers')
      .filter((each) => isSecret(each) || CREDENTIALS.test(each.name))
      .flatMap(({ value }) => [value, ...withoutScheme(value)]),
    ...texts('auth')
      .filter(({ name }) => AUTH_SECRETS.has(name))
      .flatMap(({ value }) => [value, ...withoutScheme(value)]),
  ].filter((text) => text !== '' && !text.includes('${'));
}

function valueOf({ value }: NamedText): string {
  return value;
}

/** The texts of a value: itself, or the members of a list or map. */
function listTexts(name: string, value: unknown): NamedText[] {
  if (typeof value === 'string') return [{ name, value }];
  if (Array.isArray(value)) return value.flatMap((each) => listTexts(name, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, each]) => listTexts(member, each));
}

/** `Bearer abc`: servers repeat the part after the scheme alone. */
function withoutScheme(value: string): string[] {
  const [, credentials] = /^(?:bearer|basic|token)\s+(\S+)$/i.exec(value) ?? [];
  return credentials === undefined ? [] : [credentials];
}

function listAddressSecrets(address: string): string[] {
  if (!/^https?:/i.test(address)) return [];
  const [, query = ''] = /\?([^#]*)/.exec(address) ?? [];
  const pairs = query.split('&').flatMap((text) => {
    const [[name, value] = ['', '']] = [...new URLSearchParams(text)];
    return isSecret({ name, value }) ? [value, text.slice(text.indexOf('=') + 1)] : [];
  });
  return [...listPathKeys(address), ...pairs];
}
