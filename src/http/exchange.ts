import { loadAxios } from './load-axios.ts';
import type { Route } from './route.ts';

export type Outgoing = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Incoming<T> = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: T;
};

/**
 * One request and the answer to it, whatever its status. Redirects are not followed, and nothing is decompressed.
 * @param reading in which form, and up to which length, the body is wanted.
 * @throws Node's error, or an Error with axios' code, without the request.
 */
export async function exchange<T>(
  { method, url, headers, body }: Outgoing,
  signal: AbortSignal,
  { headers: forProxy, ...route }: Route,
  reading: { readonly responseType: 'arraybuffer' | 'stream'; readonly maxContentLength?: number },
): Promise<Incoming<T>> {
  const client = loadAxios();
  try {
    const response = await client.request<T>({
      adapter: 'http',
      method,
      url,
      headers: { ...headers, ...forProxy },
      ...(body === undefined ? {} : { data: body }),
      signal,
      ...route,
      ...reading,
      decompress: false,
      validateStatus: () => true,
      maxRedirects: 0,
    });
    return { status: response.status, headers: plainHeaders(response.headers), body: response.data };
  } catch (error) {
    throw withoutRequest(error as NodeJS.ErrnoException);
  }
}

/** axios' error holds the request, and with it the token: only the error inside it may travel on. */
function withoutRequest({ cause, code, message }: NodeJS.ErrnoException): Error {
  if (!(cause instanceof Error)) return Object.assign(new Error(message), { code });
  // Node's error for a name with several addresses has none.
  if (cause.message === '') cause.message = message;
  return cause;
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]),
  );
}
