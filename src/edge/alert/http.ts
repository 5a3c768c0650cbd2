import { FailedError, RetryableError } from '../../errors.ts';
import { splitAddress } from './address.ts';
import { oneLine } from './notice.ts';

/** One request to an address of the user's; without a body it is a GET. */
export type Request = {
  /** What is under way, and the setting that names the address: for errors. */
  readonly op: string;
  readonly variable: string;
  readonly address: string;
  readonly body?: unknown;
};

/** Bytes that are read of an answer that refuses. */
const MOST_READ = 2000;

/**
 * Sends it once. Any answer of 2xx is good, whatever is in it. Redirects are not followed: a POST would become a GET, and
 * what is told would go to an address that nobody has named.
 * @throws RetryableError for no answer, 408, 425, 429 and 5xx; FailedError for all else.
 */
export async function send({ op, variable, address, body }: Request, signal: AbortSignal): Promise<void> {
  const { url, headers } = splitAddress(address);
  let response: Response;
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        'user-agent': 'trestle-etl',
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    const why = signal.aborted ? 'no answer in time' : reasonOf(cause);
    throw new RetryableError(`${variable}: ${why}`, {
      op,
      cause,
      hint: `check ${variable} and the network`,
    });
  }
  const text = await beginning(response);
  if (!response.ok) throw refusal(op, variable, response, text);
}

function refusal(op: string, variable: string, { status, headers }: Response, text: string): Error {
  const says = text === '' ? '' : `: ${text}`;
  const message = `${variable}: answered with status ${status}${says}`;
  if (status >= 300 && status < 400) {
    return new FailedError(message, {
      op,
      hint: `redirects are not followed: set ${variable} to where it leads`,
    });
  }
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) {
    return new FailedError(message, { op, hint: `check ${variable}` });
  }
  const wait = headers.get('retry-after') ?? '';
  const retryAfter = /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : undefined;
  return new RetryableError(message, { op, retryAfter });
}

/** What an answer says, in a line. An answer that is good is not read: it may never end. */
async function beginning(response: Response): Promise<string> {
  try {
    const reader = response.body?.getReader();
    if (reader === undefined) return '';
    let text = '';
    const decoder = new TextDecoder();
    while (!response.ok && text.length < MOST_READ) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
    return oneLine(text, 200);
  } catch {
    return '';
  }
}

/** fetch says `fetch failed`; what failed is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as { code?: string; message?: string };
  return oneLine([code, message].filter(Boolean).join(': '), 300);
}
