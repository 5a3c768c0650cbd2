import { loadAxios } from './load-axios.ts';
import type { Route } from './route.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export type HttpAnswer<T> = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: T;
};

/**
 * Sends one request and returns its answer, with any status. Redirects are not followed, and nothing is decompressed.
 * @param reading form and maximum length of the body.
 * @throws Node's error, or an Error with axios' code; neither contains the request.
 */
export async function exchange<T>(
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
  { headers: proxyHeaders, ...route }: Route,
  reading: { readonly responseType: 'arraybuffer' | 'stream'; readonly maxContentLength?: number },
): Promise<HttpAnswer<T>> {
  const client = loadAxios();
  try {
    const response = await client.request<T>({
      adapter: 'http',
      method,
      url,
      headers: { ...headers, ...proxyHeaders },
      ...(body === undefined ? {} : { data: body }),
      signal,
      ...route,
      ...reading,
      decompress: false,
      validateStatus: () => true,
      maxRedirects: 0,
    });
    return { status: response.status, headers: toPlainHeaders(response.headers), body: response.data };
  } catch (error) {
    throw withoutRequest(error as NodeJS.ErrnoException);
  }
}

/** axios' error holds the request, and with it the token: only the error inside it is passed on. */
function withoutRequest({ cause, code, message }: NodeJS.ErrnoException): Error {
  if (!(cause instanceof Error)) return Object.assign(new Error(message), { code });
  // Node's error for a name with several addresses has no message.
  if (cause.message === '') cause.message = message;
  return cause;
}

function toPlainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]),
  );
}
