/** Splits credentials off an address, into a header. */
export function splitAddress(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const { username, password } = url;
  if (username + password === '') return { url, headers: {} };
  url.username = '';
  url.password = '';
  const pair = `${decode(username)}:${decode(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** A shorter path is not a secret, and replacing it would make logs unreadable. */
const MIN_SECRET_LENGTH = 12;

/** The same for a part of a path. */
const MIN_PART_LENGTH = 8;

/** Returns the texts of an address, such as a webhook's, that must not appear in a log. */
export function findSecrets(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { href, pathname, search, password } = new URL(text);
  const path = `${pathname}${search}`;
  return [
    text,
    href,
    ...(path.length < MIN_SECRET_LENGTH ? [] : [path]),
    ...(pathname.length < MIN_SECRET_LENGTH ? [] : [pathname]),
    ...(password === '' ? [] : [password, decode(password)]),
    ...findTokens(new URL(text)).flatMap((token) => [token, decode(token)]),
  ];
}

/**
 * Finds tokens that a receiver could repeat in an error, such as `unknown token …`: the values of the query, and the parts of the
 * path except words like `services` or the name of a check, which appear in many lines. If a path has only words, its last
 * one is the secret.
 */
function findTokens({ pathname, search }: URL): string[] {
  const values = search
    .slice(1)
    .split('&')
    .map((pair) => pair.replace(/^[^=]*=/, ''));
  const parts = pathname.split('/').filter((part) => part.length >= MIN_PART_LENGTH);
  const random = parts.filter((part) => !/^(?=.{1,20}$)[a-z]+([-_.][a-z]+)*$/.test(part));
  const words = parts.slice(-1).filter((part) => part !== 'trestle-etl');
  const tokens = values.filter((value) => value.length >= MIN_PART_LENGTH);
  return [...tokens, ...random, ...(tokens.length + random.length === 0 ? words : [])];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
