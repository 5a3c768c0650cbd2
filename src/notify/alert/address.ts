/** An address without its credentials, which go into a header. */
export function splitAddress(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const { username, password } = url;
  if (username + password === '') return { url, headers: {} };
  url.username = '';
  url.password = '';
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** Whether only this machine can see what is sent there. */
export function isHere({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** A path shorter than this is nobody's secret, and taking it out would tear holes into every log. */
const SHORT = 12;

/** The same for a part of it. */
const SHORT_PART = 8;

/** The texts by which an address such as a webhook's could get into a log; each is a secret. */
export function secretsIn(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { href, pathname, search, password } = new URL(text);
  const path = `${pathname}${search}`;
  return [
    text,
    href,
    ...(path.length < SHORT ? [] : [path]),
    ...(pathname.length < SHORT ? [] : [pathname]),
    ...(password === '' ? [] : [password, decoded(password)]),
    ...tokensIn(new URL(text)).flatMap((token) => [token, decoded(token)]),
  ];
}

/**
 * What a receiver may hand back by itself, `unknown token …`: the values behind the `?`, and the parts of the path but
 * for those that are words, as `services` or a check's name: they stand in many lines. Where a path is of words alone,
 * its last one is the secret.
 */
function tokensIn({ pathname, search }: URL): string[] {
  const values = search
    .slice(1)
    .split('&')
    .map((pair) => pair.replace(/^[^=]*=/, ''));
  const parts = pathname.split('/').filter((part) => part.length >= SHORT_PART);
  const random = parts.filter((part) => !/^(?=.{1,20}$)[a-z]+([-_.][a-z]+)*$/.test(part));
  const words = parts.slice(-1).filter((part) => part !== 'trestle-etl');
  const tokens = values.filter((value) => value.length >= SHORT_PART);
  return [...tokens, ...random, ...(tokens.length + random.length === 0 ? words : [])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
