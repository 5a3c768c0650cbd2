import type { FileAccess } from '../../http/file-access.ts';
import { observe } from '../../http/observe.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import { createSender, type Request } from '../../http/send.ts';
import { createTokens } from '../../http/token.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import type { Meter } from '../../model/usage.ts';

export type AuthorizeOptions = {
  readonly access: FileAccess;
  readonly proxies?: ProxySettings | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
};

/** For this long after a new token, a 401 means that the address has expired: many expire together. */
const TOKEN_TRUST_MS = 10 * MINUTE_MS;

/**
 * Adds the API's token to requests for files at the API's own origin. A 401 is requested once more with a new token; the second
 * one is an answer like any other, because the address itself may have expired.
 * @returns a function that throws CredentialsError if the credentials are refused.
 */
export function authorizeFiles<A extends { readonly status: number }>(
  { access, proxies, clock, log, meter }: AuthorizeOptions,
  send: (request: Request, signal: AbortSignal) => Promise<A>,
): (request: Request, signal: AbortSignal) => Promise<A> {
  const { signIn, origin, timeout, hint } = access;
  if (signIn === undefined) return send;
  const wire = observe({ clock, log, meter }, createSender({ timeout, proxies, hint }));
  const tokens = createTokens({ ...signIn, clock, log }, wire.send);
  let discardedAt = -Infinity;
  return async (request, signal) => {
    if (new URL(request.url).origin !== origin) return send(request, signal);
    const sendOnce = async (): Promise<A> => {
      const headers = { ...request.headers, Authorization: `Bearer ${await tokens.get(signal)}` };
      return send({ ...request, headers }, signal);
    };
    const answer = await sendOnce();
    if (answer.status !== 401 || clock.now() - discardedAt < TOKEN_TRUST_MS) return answer;
    discardedAt = clock.now();
    tokens.discard();
    return sendOnce();
  };
}
