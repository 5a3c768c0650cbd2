import { findTarget, isRedirect } from './redirect.ts';
import type { Answer, Request } from './send.ts';

type AnyAnswer = Pick<Answer, 'status' | 'headers'>;

/** An answer that is not a redirect. */
export type FollowedAnswer<A extends AnyAnswer = Answer> = A & {
  /** The address that answered. */
  readonly url: string;
  /** The target of the permanent redirects (301, 308) that were followed before any other. */
  readonly movedTo: string | undefined;
};

export type SendFollowing<A extends AnyAnswer = Answer> = (
  request: Request,
  signal: AbortSignal,
) => Promise<FollowedAnswer<A>>;

/** Headers that every origin may receive: they have no secret. Others are sent to the source's own origin only. */
const HEADERS_FOR_ALL: ReadonlySet<string> = new Set(['accept', 'if-modified-since', 'if-none-match']);

const PERMANENT: ReadonlySet<number> = new Set([301, 308]);

/**
 * Follows redirects, five at most. An origin other than the source's own must have a public address, and receives neither
 * credentials nor custom headers; nor does the source's own if a redirect leads back to it.
 * @param origin of the address that the user configured: it may be private.
 * @returns a function that throws ConfigError for a redirect that is not followed; otherwise what `send` throws.
 */
export function followRedirects<A extends AnyAnswer>(
  origin: string,
  send: (request: Request, signal: AbortSignal) => Promise<A>,
): SendFollowing<A> {
  return async (request, signal) => {
    let url = new URL(request.url);
    let isOwn = url.origin === origin;
    let isPermanent = true;
    let movedTo: string | undefined;
    for (let redirects = 0; ; redirects += 1) {
      const headers = isOwn ? request.headers : limitHeaders(request.headers);
      const isPublicOnly = url.origin !== origin;
      const answer = await send({ ...request, url: url.href, headers, isPublicOnly }, signal);
      if (!isRedirect(answer.status)) return { ...answer, url: url.href, movedTo };
      url = findTarget(url, answer, redirects, request.method);
      isOwn &&= url.origin === origin;
      isPermanent &&= PERMANENT.has(answer.status);
      if (isPermanent) movedTo = url.href;
    }
  };
}

function limitHeaders(headers: Request['headers']): Request['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => HEADERS_FOR_ALL.has(name.toLowerCase())),
  );
}
