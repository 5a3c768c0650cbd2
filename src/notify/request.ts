import { FatalError, RetryableError } from '../errors.ts';
import type { ProxySettings } from '../http/proxy.ts';
import { openAnswer, type OpenAnswer } from '../http/send.ts';
import { ProxyError } from '../http/tunnel.ts';
import { splitAddress } from './alert/address.ts';
import { toOneLine } from './alert/notice.ts';

/** A request to an address from the settings; without a body it is a GET. */
export type NotifyRequest = {
  /** The operation and the variable of the address, for errors. */
  readonly op: string;
  readonly variable: string;
  readonly address: string;
  /** Undefined: no proxy. */
  readonly proxies?: ProxySettings | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
};

/** Of the body of an error response. */
const MAX_READ_BYTES = 2000;

/**
 * Sends it once. Any 2xx answer is success, regardless of its body. Redirects are not followed: a POST would become a GET, and
 * the message would go to an address that is not in the settings. The connection is closed with the request: `fetch` keeps a
 * connection attempt, and with it the process, alive for ten seconds after it was aborted (Node 20).
 * @throws RetryableError for no answer, 408, 425, 429 and 5xx; FatalError for all else.
 */
export async function sendRequest(
  { op, variable, address, proxies, body }: NotifyRequest,
  signal: AbortSignal,
): Promise<void> {
  const answer = await open(address, body, signal, proxies).catch((cause: unknown) => {
    const reason = signal.aborted ? 'no answer in time' : describeReason(cause);
    const settings = cause instanceof ProxyError ? ', HTTPS_PROXY and NO_PROXY' : ' and the network';
    throw new RetryableError(`${variable}: ${reason}`, { op, cause, hint: `check ${variable}${settings}` });
  });
  try {
    if (answer.status < 200 || answer.status > 299) {
      throw toRefusalError(op, variable, answer, await readStart(answer.body));
    }
  } finally {
    answer.close();
  }
}

async function open(
  address: string,
  body: unknown,
  signal: AbortSignal,
  proxies: ProxySettings | undefined,
): Promise<OpenAnswer> {
  const { url, headers } = splitAddress(address);
  const common = { ...headers, 'user-agent': 'trestle-etl', 'accept-encoding': 'identity' };
  if (body === undefined)
    return openAnswer({ method: 'GET', url: url.href, headers: common }, signal, proxies);
  const typed = { ...common, 'content-type': 'application/json; charset=utf-8' };
  const request = { method: 'POST', url: url.href, headers: typed, body: JSON.stringify(body) } as const;
  return openAnswer(request, signal, proxies);
}

function toRefusalError(
  op: string,
  variable: string,
  { status, headers }: OpenAnswer,
  text: string,
): FatalError | RetryableError {
  const message = `${variable}: answered with status ${status}${text === '' ? '' : `: ${text}`}`;
  if (status >= 300 && status < 400) {
    return new FatalError(message, {
      op,
      hint: `redirects are not followed: set ${variable} to the final address`,
    });
  }
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) {
    return new FatalError(message, { op, hint: `check ${variable}` });
  }
  const wait = headers['retry-after'] ?? '';
  const retryAfter = /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : undefined;
  return new RetryableError(message, { op, retryAfter });
}

/** Reads the start of a body as one line, even if the body is cut off. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of body) {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, MAX_READ_BYTES);
      if (bytes.length === MAX_READ_BYTES) break;
    }
  } catch {
    // The received part is enough.
  }
  return toOneLine(bytes.toString(), 200);
}

/** Lists the reason for each address of a host name. */
function describeReason(error: unknown): string {
  const all = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const reasons = all.map((each) => {
    const { code, message } = each as { code?: string; message?: string };
    return code === undefined || message?.includes(code) === true ? message : `${code}: ${message}`;
  });
  return toOneLine([...new Set(reasons)].join('; '), 300);
}
