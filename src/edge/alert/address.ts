/** An address as `fetch` takes it: credentials are not allowed in it, and go into a header. */
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
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
